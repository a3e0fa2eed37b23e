#include "sqlite/offset_list.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <new>

#include "sqlite/connection.hpp"
#include "sqlite/failure.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

using offsets = std::span<const offset>;

// What SQLite calls a table and a cursor: its own part first, ours behind.

struct list_table : sqlite3_vtab {
    explicit list_table(const offsets& list) : sqlite3_vtab{}, shown(list) {}
    const offsets& shown;
};

struct list_cursor : sqlite3_vtab_cursor {
    explicit list_cursor(const offsets& list) : sqlite3_vtab_cursor{}, shown(list) {}
    offsets shown;
    std::size_t at = 0;
};

list_table& ours(sqlite3_vtab* table) { return *static_cast<list_table*>(table); }
list_cursor& ours(sqlite3_vtab_cursor* cursor) { return *static_cast<list_cursor*>(cursor); }

int connect(sqlite3* db, void* list, int, const char* const*, sqlite3_vtab** made, char**) {
    const int code = sqlite3_declare_vtab(db, "CREATE TABLE x(value INTEGER)");
    if (code == SQLITE_OK) *made = new (std::nothrow) list_table(*static_cast<const offsets*>(list));
    return code == SQLITE_OK && *made == nullptr ? SQLITE_NOMEM : code;
}

int disconnect(sqlite3_vtab* table) {
    delete &ours(table);
    return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** made) {
    *made = new (std::nothrow) list_cursor(ours(table).shown);
    return *made == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
    delete &ours(cursor);
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    ours(cursor).shown = ours(cursor->pVtab).shown;
    ours(cursor).at = 0;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
    ++ours(cursor).at;
    return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor* cursor) { return ours(cursor).at == ours(cursor).shown.size() ? 1 : 0; }

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int) {
    sqlite3_result_int64(result, ours(cursor).shown[ours(cursor).at].value());
    return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
    *number = static_cast<sqlite3_int64>(ours(cursor).at);
    return SQLITE_OK;
}

const sqlite3_module& module() {
    static const sqlite3_module made = [] {
        sqlite3_module all{};  // without xCreate: a table that is there without being made
        all.xConnect = connect;
        all.xBestIndex = best_index;
        all.xDisconnect = disconnect;
        all.xOpen = open;
        all.xClose = close;
        all.xFilter = filter;
        all.xNext = next;
        all.xEof = eof;
        all.xColumn = column;
        all.xRowid = row_number;
        return all;
    }();
    return made;
}

}  // namespace

offset_list::offset_list(connection& to) {
    if (sqlite3_create_module_v2(to.handle(), "leftfold_offsets", &module(), &shown_, nullptr) != SQLITE_OK)
        fail(to.handle(), "adding the list of offsets");
}

}  // namespace leftfold::inline v0::sqlite
