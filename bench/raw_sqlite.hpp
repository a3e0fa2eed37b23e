#pragma once
// SQLite as anyone would use it by hand: prepared statements, WAL, FULL, pages of 4 KiB.

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "raw_row.hpp"

namespace bench {

enum class raw_index { none, unique_version };
enum class raw_sync { full, off };

/// A table of events that groups of rows are appended to, one transaction each.
class raw_sqlite_log {
public:
    raw_sqlite_log(const std::filesystem::path& file, raw_index index, raw_sync sync = raw_sync::full);
    ~raw_sqlite_log();
    raw_sqlite_log(const raw_sqlite_log&) = delete;
    raw_sqlite_log& operator=(const raw_sqlite_log&) = delete;

    /// Appends rows at the next offsets, one transaction for all.
    void append(std::span<const raw_row> group);
    /// The same in steps. `lap` is added to the version, so that rows can be used again.
    void begin();
    void add(const raw_row& row, std::int64_t lap = 0);
    void commit();
    /// Gives the payloads of a stream in order of version. Wants the index.
    void read_stream(std::string_view category, std::string_view key,
                     const std::function<void(std::string_view payload)>& take);

private:
    sqlite3* database_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* load_ = nullptr;
    std::int64_t next_ = 1;
};

/// Reads all rows of a table of events, in pages of 1,000 by offset.
class raw_sqlite_pages {
public:
    explicit raw_sqlite_pages(const std::filesystem::path& file);
    ~raw_sqlite_pages();
    raw_sqlite_pages(const raw_sqlite_pages&) = delete;
    raw_sqlite_pages& operator=(const raw_sqlite_pages&) = delete;

    void read_all(const std::function<void(std::string_view category, std::string_view key, std::string_view type,
                                           std::string_view payload)>& take);

private:
    sqlite3* database_ = nullptr;
    sqlite3_stmt* page_ = nullptr;
};

}  // namespace bench
