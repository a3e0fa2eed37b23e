#include "support/query_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <set>

namespace leftfold::test_support {

namespace {

/// Connections outlive the log that watches them, so what they write to is never gone.
struct watched {
    static inline std::mutex mutex;
    static inline bool is_on = false;
    static inline std::vector<std::string> statements;
    static inline std::int64_t steps = 0;
};

/// How SQLite marks what a function of ours runs in the course of a query.
constexpr std::string_view within_another = "-- ";

int write_down(unsigned what, void*, void* statement, void* text) {
    const std::lock_guard lock(watched::mutex);
    if (!watched::is_on) return 0;
    if (what == SQLITE_TRACE_STMT) {
        std::string_view statement = static_cast<const char*>(text);
        if (statement.starts_with(within_another)) statement.remove_prefix(within_another.size());
        watched::statements.emplace_back(statement);
    } else {
        watched::steps += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1);
    }
    return 0;
}

bool is_query_of(const std::string& statement, std::string_view table) {
    return statement.starts_with("SELECT") && statement.find("\"" + std::string(table) + "\"") != std::string::npos;
}

int watch_connection(sqlite3* opened, const char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(opened, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, &write_down, nullptr);
}

auto* const watching_extension = reinterpret_cast<void (*)()>(&watch_connection);  // as sqlite3.h says it is passed

}  // namespace

query_log::query_log() {
    const std::lock_guard lock(watched::mutex);
    watched::statements.clear();
    watched::steps = 0;
    watched::is_on = true;
    sqlite3_auto_extension(watching_extension);
}

query_log::~query_log() {
    sqlite3_cancel_auto_extension(watching_extension);
    const std::lock_guard lock(watched::mutex);
    watched::is_on = false;
}

std::size_t query_log::queries_of(std::string_view table) const {
    const std::lock_guard lock(watched::mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(watched::statements, [&](const auto& each) { return is_query_of(each, table); }));
}

std::vector<std::string> query_log::texts_of(std::string_view table) const {
    const std::lock_guard lock(watched::mutex);
    std::set<std::string> texts;
    for (const auto& each : watched::statements)
        if (is_query_of(each, table)) texts.insert(each);
    return {texts.begin(), texts.end()};
}

std::int64_t query_log::steps() const {
    const std::lock_guard lock(watched::mutex);
    return watched::steps;
}

void query_log::clear() {
    const std::lock_guard lock(watched::mutex);
    watched::statements.clear();
    watched::steps = 0;
}

}  // namespace leftfold::test_support
