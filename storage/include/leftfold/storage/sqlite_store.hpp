#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// What to do when there is a store at the path, or none.
enum class open_mode {
    open_or_create,
    open_existing,  ///< errc::not_found when there is none
    create,         ///< errc::already_exists when there is one
};

/// Which store it is, and how often it was restored.
struct store_identity {
    store_id id{};
    store_epoch epoch{1};
};

struct sqlite_options {
    /// How many partitions a new store gets, for ever. An existing store keeps its own number.
    std::uint32_t partitions = 4;
    leftfold::access access = access::read_write;
    open_mode mode = open_mode::open_or_create;
    /// What an acknowledged append survives.
    durability level = durability::power_loss;
    /// How far a partition's WAL grows, in pages of 4 KiB, before it is copied into the database. It stays below four
    /// times as much, unless the disk refuses the copying or a reader is stuck. Appends wait while it is copied: for
    /// some 5 ms a thousand pages. With more pages fewer of them wait, and longer.
    std::int32_t wal_pages = 2'000;
    /// Connections that a partition keeps open for those who read its log, and as many for its index: three file
    /// descriptors each, and up to 2 MiB. More threads than that may read at once; each of them then opens one for a
    /// third of a millisecond.
    std::size_t idle_readers = 16;
    /// The SQLite VFS to use, by name; empty: the platform's own. For tests that cut the power.
    std::string vfs{};
    /// For a new store that is to be a copy of another: that one's id, and the epoch that the copy begins with. Empty:
    /// a new id, and epoch 1.
    std::optional<store_identity> identity{};
    store_options store{};
};

/// Opens the store in the directory `path`: a SQLite file per partition, readable with the sqlite3 shell
/// (docs/storage_format.md).
///
/// For writing it takes the store's lock, recovers what a crash left, and checks format version, partition count, and
/// each partition's tail and chain end. Throws errc::not_found, already_exists, locked (with the owner's pid),
/// foreign_file, newer_format, corrupt, read_only, network_file_system, invalid_name (the directory's name; semantics
/// 2), invalid_argument.
event_store open_sqlite(const std::filesystem::path& path, sqlite_options options = {});

/// Returns the directory that an open store has its files in, and listens in when it is open for writing; nothing for
/// one in memory, or in a file system of a test's own.
std::optional<std::filesystem::path> directory_of(const event_store& store);

/// Makes the ports alone, for tools and tests.
store_parts make_sqlite_parts(const std::filesystem::path& path, const sqlite_options& options);

}  // namespace leftfold::inline v0
