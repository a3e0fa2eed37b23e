#pragma once

#include <sqlite3.h>

#include <exception>
#include <span>
#include <string>

#include "leftfold/storage/error.hpp"
#include "sql/shown_store.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::tools {

/// Makes a table of SQL out of a cursor over a store. SQLite wants a dozen functions of C that are the same for every
/// table; a cursor says only what differs:
///
///     static constexpr const char* schema;                  the columns, as CREATE TABLE has them
///     static std::string plan(sqlite3_index_info&);         which conditions it takes; what it returns comes back
///     below explicit Cursor(shown_store&); void begin(std::string_view plan, std::span<sqlite3_value*> values); bool
///     at_end() const;  void next(); void give(sqlite3_context*, int column) const; sqlite3_int64 row() const;
template <class Cursor>
class virtual_table {
public:
    static const sqlite3_module& module() {
        static const sqlite3_module made = [] {
            sqlite3_module all{};
            all.xConnect = connect;  // no xCreate: the table is there under its module's name
            all.xBestIndex = best_index;
            all.xDisconnect = disconnect;
            all.xOpen = open;
            all.xClose = close;
            all.xFilter = filter;
            all.xNext = next;
            all.xEof = eof;
            all.xColumn = column;
            all.xRowid = rowid;
            return all;
        }();
        return made;
    }

private:
    // What SQLite calls a table and a cursor: its own part first, ours behind.
    struct table : sqlite3_vtab {
        explicit table(shown_store& what) : sqlite3_vtab{}, shown(what) {}
        shown_store& shown;
    };
    struct open_cursor : sqlite3_vtab_cursor {
        explicit open_cursor(shown_store& over) : sqlite3_vtab_cursor{}, ours(over) {}
        Cursor ours;
    };

    static Cursor& ours(sqlite3_vtab_cursor* cursor) { return static_cast<open_cursor*>(cursor)->ours; }

    /// Exceptions stop here: SQLite is C. The text becomes the statement's error.
    template <class Work>
    static int guarded(sqlite3_vtab* on, Work work) {
        try {
            work();
            return SQLITE_OK;
        } catch (const std::exception& e) {
            static_cast<table*>(on)->shown.failure = std::current_exception();
            sqlite3_free(on->zErrMsg);
            on->zErrMsg = sqlite3_mprintf("%s", e.what());
            return SQLITE_ERROR;
        }
    }

    static int connect(sqlite3* db, void* shown, int, const char* const*, sqlite3_vtab** made, char**) {
        *made = new table(*static_cast<shown_store*>(shown));
        return sqlite3_declare_vtab(db, Cursor::schema);
    }
    static int disconnect(sqlite3_vtab* on) {
        delete static_cast<table*>(on);
        return SQLITE_OK;
    }
    static int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
        info->idxStr = sqlite3_mprintf("%s", Cursor::plan(*info).c_str());
        info->needToFreeIdxStr = 1;
        return info->idxStr != nullptr ? SQLITE_OK : SQLITE_NOMEM;
    }
    static int open(sqlite3_vtab* on, sqlite3_vtab_cursor** made) {
        *made = new open_cursor(static_cast<table*>(on)->shown);
        return SQLITE_OK;
    }
    static int close(sqlite3_vtab_cursor* cursor) {
        delete static_cast<open_cursor*>(cursor);
        return SQLITE_OK;
    }
    static int filter(sqlite3_vtab_cursor* cursor, int, const char* plan, int count, sqlite3_value** values) {
        return guarded(cursor->pVtab,
                       [&] { ours(cursor).begin(plan, std::span(values, static_cast<std::size_t>(count))); });
    }
    static int next(sqlite3_vtab_cursor* cursor) {
        return guarded(cursor->pVtab, [&] { ours(cursor).next(); });
    }
    static int eof(sqlite3_vtab_cursor* cursor) { return ours(cursor).at_end() ? 1 : 0; }
    static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int number) {
        return guarded(cursor->pVtab, [&] { ours(cursor).give(context, number); });
    }
    static int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
        *row = ours(cursor).row();
        return SQLITE_OK;
    }
};

/// Adds the table over a store to a connection, under a name. What is shown must live as long as the connection.
template <class Cursor>
void add_virtual_table(sqlite::connection& to, const char* name, shown_store& shown) {
    if (sqlite3_create_module(to.handle(), name, &virtual_table<Cursor>::module(), &shown) != SQLITE_OK)
        throw error(errc::io_error, std::string("adding the table ") + name);
}

}  // namespace leftfold::inline v0::tools
