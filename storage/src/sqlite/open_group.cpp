#include "sqlite/open_group.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

bool is_the_stores(const char* name) {
    static constexpr std::array<std::string_view, 3> tables{"event", "store", "fence"};
    if (name == nullptr) return false;
    return std::any_of(tables.begin(), tables.end(), [&](std::string_view table) {
        return sqlite3_strnicmp(name, table.data(), static_cast<int>(table.size())) == 0 && name[table.size()] == '\0';
    });
}

}  // namespace

void participant_guard::watch(connection& on) { sqlite3_set_authorizer(on.handle(), authorize, this); }

int participant_guard::authorize(void* guard, int action, const char* first, const char* second, const char*,
                                 const char*) {
    if (!static_cast<participant_guard*>(guard)->participants_act_) return SQLITE_OK;
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_FUNCTION:
        case SQLITE_RECURSIVE:
            return SQLITE_OK;
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT:
        case SQLITE_ATTACH:
        case SQLITE_DETACH:
        case SQLITE_PRAGMA:
            return SQLITE_DENY;
        case SQLITE_INSERT:
        case SQLITE_UPDATE:  // the second name is a column's
        case SQLITE_DELETE:
            return is_the_stores(first) ? SQLITE_DENY : SQLITE_OK;
        default:
            return is_the_stores(first) || is_the_stores(second) ? SQLITE_DENY : SQLITE_OK;
    }
}

void open_group::run(statement& prepared, connection& on, const char* sql) {
    prepare_once(prepared, on, sql);
    prepared.run();
}

void open_group::begin_append() {
    run(begin_, connection_, "SAVEPOINT append");
    guard_.set(true);
}

void open_group::end_participation() {
    guard_.set(false);
    if (!connection_.in_transaction()) throw error(errc::io_error, "SQLite has rolled the group's transaction back");
}

void open_group::keep_append() {
    end_participation();
    run(keep_, connection_, "RELEASE append");
}

void open_group::undo_append() {
    end_participation();
    run(undo_, connection_, "ROLLBACK TO append");
    keep_append();
}

}  // namespace leftfold::inline v0::sqlite
