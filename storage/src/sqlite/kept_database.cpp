#include "sqlite/kept_database.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "sqlite/partition_schema.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

kept_database::kept_database(const store_place& place, leftfold::access access, recipe how)
    : file_(place.directory / how.name),
      reading_(place.reader()),
      writing_(place.writer()),
      access_(access),
      recipe_(how) {
    writing_.mode = file_access::create;
    writing_.cache_kib = 2'048;
}

void kept_database::open() {
    if (db_.is_open()) return;
    if (access_ == leftfold::access::read_only) {
        if (!file_exists(reading_.vfs, file_)) return;
        connection opened(file_, reading_);
        check_format(opened);
        db_ = std::move(opened);
        return;
    }
    connection opened(file_, writing_);
    const auto is_new = opened.query_number("SELECT count(*) FROM sqlite_schema") == 0;
    if (!is_new) check_format(opened);  // before anything is set, so that a file of somebody else's stays as it is
    if (opened.query_text("PRAGMA journal_mode = WAL") != "wal")
        throw error(errc::unsupported, fmt::format("opening {}: SQLite gives no WAL here", file_.string()));
    opened.execute(recipe_.synchronous);
    if (is_new) {
        transaction change(opened);
        opened.execute(recipe_.schema);
        change.commit();
    }
    opened.execute(recipe_.additions);
    db_ = std::move(opened);
}

kept_database::use kept_database::read() {
    std::unique_lock lock(mutex_);
    open();
    return {std::move(lock), db_};
}

kept_database::use kept_database::write() {
    if (access_ == leftfold::access::read_only)
        throw error(errc::read_only, fmt::format("writing to {}, opened for reading", file_.string()));
    return read();
}

}  // namespace leftfold::inline v0::sqlite
