#pragma once

#include <sqlite3.h>

#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// While it lives, commits are synced before they return. Made and ended outside a transaction.
class synced_commits {
public:
    explicit synced_commits(sqlite::connection& on) : on_(on) { on_.execute("PRAGMA synchronous = FULL"); }
    ~synced_commits() { sqlite3_exec(on_.handle(), "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr); }
    synced_commits(const synced_commits&) = delete;
    synced_commits& operator=(const synced_commits&) = delete;

private:
    sqlite::connection& on_;
};

}  // namespace leftfold::inline v0::detail
