#pragma once

#include <sqlite3.h>

#include <exception>
#include <string_view>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::tools {

/// What the tables of SQL show: a store as of a cut.
struct shown_store {
    event_store& store;
    cut as_of;
    /// What made a statement fail. SQLite carries its text only, and not what kind of error it is.
    std::exception_ptr failure{};
};

// How the columns of those tables are given.

void give_text(sqlite3_context* to, std::string_view text);

/// RFC 3339 with six fractional digits always, so that the order of the texts is that of the times.
void give_time(sqlite3_context* to, instant when);

}  // namespace leftfold::inline v0::tools
