#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "historic_table.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// What SQLite calls the database that a connection was opened with.
inline constexpr const char* main_schema = "main";

/// Returns a statement about one of our own tables (`FROM leftfold_…`) that asks for that of an attached file.
std::string in_schema(std::string_view statement, const std::string& schema);

/// Makes a read-only connection to a database of read models see all of them under their names: attaches the files of
/// generations that are live, and lays a temporary view over each of their tables, before which an older generation's
/// table of that name in the database itself is hidden.
class attached_models {
public:
    /// For a connection outside a transaction. Throws errc::unsupported for more files than SQLite attaches.
    explicit attached_models(sqlite::connection& to);

    /// Looks whether all models are where they were, and have the tables that they had. Costs a few microseconds for
    /// each file.
    bool are_as_they_were() const { return look() == seen_; }

    std::vector<historic_table> historic_tables() const;

private:
    struct attached {
        std::string schema;
        std::string projection;
    };
    std::string look() const;
    void attach(const std::string& projection, std::int64_t generation);

    sqlite::connection& to_;
    std::vector<attached> files_;
    std::string seen_;
};

}  // namespace leftfold::inline v0::detail
