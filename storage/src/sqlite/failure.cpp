#include "sqlite/failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace leftfold::inline v0::sqlite {

namespace {

constexpr int primary(int extended_code) { return extended_code & 0xFF; }

}  // namespace

errc classify(int extended_code) noexcept {
    switch (extended_code) {
        case SQLITE_IOERR_NOMEM:
            return errc::io_error;
        case SQLITE_IOERR_CORRUPTFS:
            return errc::corrupt;
        case SQLITE_READONLY_DIRECTORY:
        case SQLITE_READONLY_CANTINIT:
            return errc::read_only;
        default:
            break;
    }
    switch (primary(extended_code)) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
            return errc::ok;
        case SQLITE_FULL:
            return errc::disk_full;
        case SQLITE_CORRUPT:
            return errc::corrupt;
        case SQLITE_NOTADB:
            return errc::foreign_file;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return errc::read_only;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return errc::locked;
        case SQLITE_TOOBIG:
            return errc::event_too_large;
        default:
            return errc::io_error;
    }
}

bool is_of_the_file(int code) noexcept {
    switch (primary(code)) {
        case SQLITE_BUSY:
        case SQLITE_CANTOPEN:
        case SQLITE_CORRUPT:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_NOTADB:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL:
        case SQLITE_READONLY:
            return true;
        default:
            return false;
    }
}

void fail(sqlite3* connection, std::string_view doing) {
    const int code = sqlite3_extended_errcode(connection);
    throw error(classify(code), fmt::format("{}: SQLite says \"{}\" ({})", doing, sqlite3_errmsg(connection), code));
}

void fail(int extended_code, std::string_view doing) {
    throw error(classify(extended_code),
                fmt::format("{}: SQLite says \"{}\" ({})", doing, sqlite3_errstr(extended_code), extended_code));
}

}  // namespace leftfold::inline v0::sqlite
