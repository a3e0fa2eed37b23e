#pragma once

#include <string>
#include <vector>

#include "leftfold/storage/time.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// What a database of read models says of one of its tables with history.
struct historic_table {
    struct column {
        std::string name;
        std::string type;
    };

    std::string schema;  ///< the file that has it: `main`, or what that of a generation is attached as
    std::string name;
    std::string projection;
    std::vector<column> columns;  ///< without those that say when a row was true
    std::size_t key = 0;          ///< which of them
    recorded_at history_from = recorded_at::min();
};

/// Returns all tables with history in one file of a connection, in order of their names. Any connection will do;
/// nothing of a program's is needed.
std::vector<historic_table> find_historic_tables(sqlite::connection& on, const std::string& schema);

/// The rows of a table as of ?2, and of the key ?1 alone.
std::string select_one_as_of(const historic_table& of);
/// All rows of a table as of ?1.
std::string select_all_as_of(const historic_table& of);

}  // namespace leftfold::inline v0::detail
