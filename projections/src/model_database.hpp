#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "generations.hpp"
#include "leftfold/projections/model_part.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/unique_function.hpp"
#include "model_place.hpp"
#include "owner_lock.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/doorbell.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// What a database says of one model: what it was made for, and how far it has come.
struct stored_model {
    std::string shape;
    checkpoint at;
    /// Every event recorded up to here is in it.
    recorded_at through = recorded_at::min();
};

/// What a database says of the beginning of one model: the place before its first event, and how often it has begun.
struct stored_start {
    checkpoint at{};
    recorded_at since = recorded_at::min();
    std::int64_t generation = 1;
};

/// A read-model database, owned: its lock, its one writing connection, and its tables of our own, leftfold_models and
/// leftfold_objects and others (docs/read_models.md). For one thread at a time.
class model_database {
public:
    /// Opens the database or makes it. Throws errc::locked, foreign_file, newer_format, not_found (the directory). One
    /// in memory needs no lock, and rings no bell: nobody else has it.
    explicit model_database(model_place place);
    /// Opens or makes the file of a generation of one of its models, under the lock of that database, and rings its
    /// bell. Another thread than the database's may have it.
    model_database(std::shared_ptr<model_database> home, std::filesystem::path file);

    const model_place& place() const { return place_; }
    const std::filesystem::path& file() const { return place_.file(); }
    /// The database that this belongs to: itself, or the one whose generation it is.
    const std::filesystem::path& home_file() const { return home_ ? home_->file() : file(); }

    std::optional<stored_model> load(std::string_view projection);
    void save(std::string_view projection, const stored_model& model);

    /// Returns where the model began; nothing when no such model was ever made.
    std::optional<stored_start> load_start(std::string_view projection);

    /// Drops what the projection has in the database, and makes its objects, empty, with its start and its checkpoint.
    /// Survives a power cut, since a start may be one that nobody could find again. Throws errc::name_collision when
    /// one object belongs to another projection, errc::invalid_argument when SQLite refuses one.
    void make_anew(std::string_view projection, const stored_model& model, const stored_start& start,
                   const std::vector<model_part::object>& objects);

    /// Makes those indices of `objects` that the projection has not, and drops those that it has beside them. Costs a
    /// pass over its table for each that it makes, and a look otherwise. Throws errc::name_collision as make_anew does.
    void match_indices(std::string_view projection, const std::vector<model_part::object>& objects);

    /// Drops what the projection has in the database, in the transaction that is open.
    void forget(std::string_view projection);
    /// Says which generations a model has, in the transaction that is open.
    void save_generations(std::string_view projection, const model_generations& which);

    void begin();
    /// Commits, and rings the bell of whoever waits in another process.
    void commit();
    void roll_back() noexcept;
    /// Does something in one transaction that is synced before this returns: all that was committed before is too.
    void write_synced(function_ref<void()> work);
    bool in_transaction() const { return connection_.in_transaction(); }
    /// Runs constant SQL.
    void run(const char* sql) { connection_.execute(sql); }

    /// The writing connection, for what is not said in constant SQL.
    sqlite::connection& connection() { return connection_; }

    /// Returns the statement of that text, prepared once. Throws errc::invalid_argument for SQL that does not compile.
    sqlite::statement& prepared(const std::string& sql);

private:
    void make_schema();
    void ring();
    void drop_objects(std::string_view projection);
    void make_object(std::string_view projection, const model_part::object& what);
    void save_start(std::string_view projection, const stored_start& start);

    model_place place_;
    std::shared_ptr<model_database> home_;  // of a generation's file
    std::optional<owner_lock> lock_;
    sqlite::connection connection_;
    std::unordered_map<std::string, sqlite::statement> statements_;
    std::optional<sqlite::doorbell> bell_;
    std::atomic<std::uint64_t> commits_{0};
};

/// Reads what a database says of a model, on any connection to it. `select` is the statement of select_model.
extern const char* const select_model;
std::optional<stored_model> read_model_row(sqlite::statement& select, std::string_view projection);

/// The first time of which the rows of a model can be told. Databases of before there were starts have no table of
/// them.
bool has_starts(sqlite::connection& on);
extern const char* const select_start;
std::optional<stored_start> read_start_row(sqlite::statement& select, std::string_view projection);

/// Throws errc::foreign_file or newer_format unless the database behind the connection holds read models of ours.
void check_read_models(sqlite::connection& on);

/// Returns the file of a database that is there. Throws errc::not_found for a path of no file: a pipe, for example,
/// would never open.
const std::filesystem::path& existing_file(const std::filesystem::path& database);
/// The same, and looks whether it holds read models of ours, without leaving anything beside it. Throws what
/// check_read_models() does.
const std::filesystem::path& existing_models(const std::filesystem::path& database);

/// The file that is written after each commit, for readers in other processes to wait on: `<database>.bell`.
std::filesystem::path bell_of(const std::filesystem::path& database);

/// The socket where the owner takes orders: `<database>.control`.
std::filesystem::path control_of(const std::filesystem::path& database);

/// Prepares a statement, and says errc::invalid_argument of SQL that does not compile.
sqlite::statement prepare(sqlite::connection& on, const std::string& sql);

}  // namespace leftfold::inline v0::detail
