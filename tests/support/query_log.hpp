#pragma once

#include <cstddef>
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
    void clear();
};

}  // namespace leftfold::test_support
