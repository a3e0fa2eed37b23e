#pragma once

#include <string>
#include <string_view>

#include "leftfold/storage/error.hpp"

struct sqlite3;

namespace leftfold::inline v0::sqlite {

/// Returns the errc that stands for one of SQLite's extended result codes.
///
/// Full disks, failing disks, damaged and foreign files, read-only places and held locks have codes of their own, since
/// somebody can do something about each. The rest is errc::io_error.
errc classify(int extended_code) noexcept;

/// Whether one of SQLite's result codes tells of a file, a disk, a lock or memory that failed: of nothing that whoever
/// asked could have asked otherwise.
bool is_of_the_file(int code) noexcept;

/// Throws what went wrong last on the connection: the errc, what was being done, SQLite's own words and its extended
/// code.
[[noreturn]] void fail(sqlite3* connection, std::string_view doing);

/// The same for a code that no connection remembers.
[[noreturn]] void fail(int extended_code, std::string_view doing);

}  // namespace leftfold::inline v0::sqlite
