#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "leftfold/projections/model_part.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "owner_lock.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// What a database says of one model: what it was made for, and how far it has come.
struct stored_model {
    std::string shape;
    checkpoint at;
    /// Every event recorded up to here is in it.
    recorded_at through = recorded_at::min();
};

/// A read-model database, owned: its lock, its one writing connection, and its two tables of our own, leftfold_models
/// and leftfold_objects (docs/read_models.md). For one thread at a time.
class model_database {
public:
    /// Opens the database or makes it. Throws errc::locked, foreign_file, newer_format, not_found (the directory).
    explicit model_database(std::filesystem::path file);

    const std::filesystem::path& file() const { return file_; }

    std::optional<stored_model> load(std::string_view projection);
    void save(std::string_view projection, const stored_model& model);

    /// Drops what the projection has in the database, and makes its objects, empty. Throws errc::name_collision when
    /// one belongs to another projection, errc::invalid_argument when SQLite refuses one.
    void make_anew(std::string_view projection, const stored_model& model,
                   const std::vector<model_part::object>& objects);

    void begin();
    void commit();
    void roll_back() noexcept;
    bool in_transaction() const { return connection_.in_transaction(); }
    /// Runs constant SQL.
    void run(const char* sql) { connection_.execute(sql); }

    /// Returns the statement of that text, prepared once. Throws errc::invalid_argument for SQL that does not compile.
    sqlite::statement& prepared(const std::string& sql);

private:
    void check_format();
    void drop_objects(std::string_view projection);

    std::filesystem::path file_;
    owner_lock lock_;
    sqlite::connection connection_;
    std::unordered_map<std::string, sqlite::statement> statements_;
};

/// Prepares a statement, and says errc::invalid_argument of SQL that does not compile.
sqlite::statement prepare(sqlite::connection& on, const std::string& sql);

}  // namespace leftfold::inline v0::detail
