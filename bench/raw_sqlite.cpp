#include "raw_sqlite.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace bench {

namespace {

void check(int result, sqlite3* database) {
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
    std::fprintf(stderr, "raw sqlite: %s\n", sqlite3_errmsg(database));
    std::abort();
}
void execute(sqlite3* database, const char* sql) {
    check(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), database);
}
void text(sqlite3_stmt* statement, int at, std::string_view value) {
    sqlite3_bind_text(statement, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}
void blob(sqlite3_stmt* statement, int at, std::string_view value) {
    sqlite3_bind_blob(statement, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}
std::string_view text(sqlite3_stmt* statement, int at) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, at))};
}

}  // namespace

raw_sqlite_log::raw_sqlite_log(const std::filesystem::path& file, raw_index index, raw_sync sync) {
    check(sqlite3_open(file.c_str(), &database_), database_);
    execute(database_, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL");
    execute(database_, sync == raw_sync::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
    execute(database_, R"(CREATE TABLE event("offset" INTEGER PRIMARY KEY, recorded_at INTEGER, occurred_at INTEGER,
                          category TEXT, key TEXT, version INTEGER, type TEXT, id BLOB, headers BLOB, chain BLOB,
                          payload_crc INTEGER, envelope_crc INTEGER, payload TEXT))");
    if (index == raw_index::unique_version)
        execute(database_, "CREATE UNIQUE INDEX by_stream ON event(category, key, version)");
    check(sqlite3_prepare_v2(database_, "INSERT INTO event VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)", -1,
                             &insert_, nullptr),
          database_);
    check(sqlite3_prepare_v2(database_, "SELECT payload FROM event WHERE category = ?1 AND key = ?2 ORDER BY version",
                             -1, &load_, nullptr),
          database_);
}

raw_sqlite_log::~raw_sqlite_log() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(load_);
    sqlite3_close(database_);
}

void raw_sqlite_log::begin() { execute(database_, "BEGIN IMMEDIATE"); }
void raw_sqlite_log::commit() { execute(database_, "COMMIT"); }

void raw_sqlite_log::add(const raw_row& row, std::int64_t lap) {
    sqlite3_bind_int64(insert_, 1, next_++);
    sqlite3_bind_int64(insert_, 2, row.recorded_at);
    sqlite3_bind_int64(insert_, 3, row.occurred_at);
    text(insert_, 4, row.category);
    text(insert_, 5, row.key);
    sqlite3_bind_int64(insert_, 6, row.version + lap);
    text(insert_, 7, row.type);
    blob(insert_, 8, row.id);
    blob(insert_, 9, row.headers);
    blob(insert_, 10, row.chain);
    sqlite3_bind_int64(insert_, 11, row.payload_crc);
    sqlite3_bind_int64(insert_, 12, row.envelope_crc);
    text(insert_, 13, row.payload);
    check(sqlite3_step(insert_), database_);
    sqlite3_reset(insert_);
}

void raw_sqlite_log::append(std::span<const raw_row> group) {
    begin();
    for (const auto& row : group) add(row);
    commit();
}

void raw_sqlite_log::read_stream(std::string_view category, std::string_view key,
                                 const std::function<void(std::string_view)>& take) {
    text(load_, 1, category);
    text(load_, 2, key);
    while (sqlite3_step(load_) == SQLITE_ROW) take(text(load_, 0));
    sqlite3_reset(load_);
}

raw_sqlite_pages::raw_sqlite_pages(const std::filesystem::path& file) {
    check(sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr), database_);
    check(sqlite3_prepare_v2(database_, R"(SELECT "offset", category, key, type, payload FROM event
                                           WHERE "offset" > ?1 ORDER BY "offset" LIMIT 1000)",
                             -1, &page_, nullptr),
          database_);
}

raw_sqlite_pages::~raw_sqlite_pages() {
    sqlite3_finalize(page_);
    sqlite3_close(database_);
}

void raw_sqlite_pages::read_all(
    const std::function<void(std::string_view, std::string_view, std::string_view, std::string_view)>& take) {
    for (std::int64_t after = 0, before = -1; after != before;) {
        before = after;
        sqlite3_bind_int64(page_, 1, after);
        while (sqlite3_step(page_) == SQLITE_ROW) {
            take(text(page_, 1), text(page_, 2), text(page_, 3), text(page_, 4));
            after = sqlite3_column_int64(page_, 0);
        }
        sqlite3_reset(page_);
    }
}

}  // namespace bench
