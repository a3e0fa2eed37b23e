#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leftfold::test_support {

/// Writes down every statement that SQLite begins to run in this process, on connections that are opened while it
/// lives: what a library asks its databases, seen from outside. One at a time.
class query_log {
public:
    query_log();
    ~query_log();
    query_log(const query_log&) = delete;
    query_log& operator=(const query_log&) = delete;

    /// Returns how many queries (SELECT) were run that name the table.
    std::size_t queries_of(std::string_view table) const;
    /// Returns the texts of the queries that name the table, each once.
    std::vector<std::string> texts_of(std::string_view table) const;
    /// Returns how many steps of SQLite's machine all statements took that have ended: what they cost, whatever else
    /// the computer does.
    std::int64_t steps() const;
    void clear();
};

}  // namespace leftfold::test_support
