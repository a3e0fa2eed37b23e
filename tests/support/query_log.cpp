#include "support/query_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>

namespace leftfold::test_support {

namespace {

/// Connections outlive the log that watches them, so what they write to is never gone.
struct watched {
    static inline std::mutex mutex;
    static inline bool is_on = false;
    static inline std::vector<std::string> statements;
};

int write_down(unsigned, void*, void*, void* text) {
    const std::lock_guard lock(watched::mutex);
    if (watched::is_on) watched::statements.emplace_back(static_cast<const char*>(text));
    return 0;
}

int watch_connection(sqlite3* opened, const char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(opened, SQLITE_TRACE_STMT, &write_down, nullptr);
}

auto* const watching_extension = reinterpret_cast<void (*)()>(&watch_connection);  // as sqlite3.h says it is passed

}  // namespace

query_log::query_log() {
    const std::lock_guard lock(watched::mutex);
    watched::statements.clear();
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
    const auto name = " \"" + std::string(table) + "\"";
    return static_cast<std::size_t>(std::ranges::count_if(watched::statements, [&](const std::string& each) {
        return each.starts_with("SELECT") && each.find(name) != std::string::npos;
    }));
}

void query_log::clear() {
    const std::lock_guard lock(watched::mutex);
    watched::statements.clear();
}

}  // namespace leftfold::test_support
