#pragma once

#include <memory>
#include <optional>

#include "leftfold/storage/event_store.hpp"
#include "sqlite/sqlite_log.hpp"

namespace leftfold::inline v0::sqlite {

/// What a store reads and writes events through. In a fork each of these joins its own with its parent's below the cut,
/// and so on down to a plain store.
struct store_layers {
    std::unique_ptr<partition_log> log{};
    std::unique_ptr<stream_index> index{};
    std::unique_ptr<snapshot_store> snapshots{};
    /// The part of the log that is the store's own; it lives in `log`.
    sqlite_log* own = nullptr;
};

/// Makes them for a store whose manifest was read. For a fork opens its parents, for reading alone.
///
/// Throws errc::not_found when a parent is not where it was, errc::foreign_file when another store is there, or one
/// with another history at the cut.
store_layers make_layers(store_place place, leftfold::access access, const environment& world);

/// How somebody who may only read opens the store's files. On media that nobody can write, SQLite can read only a
/// database without a WAL, and only when told that nothing changes. Throws errc::read_only where there is one.
file_access reading_mode(const store_place& place);

/// Reads the manifest, and the record of a fork. Returns false where there is no store.
bool read_place(store_place& place);

}  // namespace leftfold::inline v0::sqlite
