#pragma once

#include <sqlite3.h>

#include <cstdint>

#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// While it lives, commits are synced before they return; then they are what they were. Made and ended outside a
/// transaction.
class synced_commits {
public:
    explicit synced_commits(sqlite::connection& on)
        : on_(on), were_synced_(on.query_number("PRAGMA synchronous") >= full) {
        on_.execute("PRAGMA synchronous = FULL");
    }
    ~synced_commits() {
        if (!were_synced_) sqlite3_exec(on_.handle(), "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
    }
    synced_commits(const synced_commits&) = delete;
    synced_commits& operator=(const synced_commits&) = delete;

private:
    static constexpr std::int64_t full = 2;  // as SQLite numbers it

    sqlite::connection& on_;
    const bool were_synced_;
};

}  // namespace leftfold::inline v0::detail
