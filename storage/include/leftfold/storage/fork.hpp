#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// How deep forks of forks may go: a fork of a plain store has depth 1.
inline constexpr int fork_depth_max = 8;

struct fork_options {
    /// What an acknowledged append to the fork survives.
    durability level = durability::power_loss;
    /// As sqlite_options::wal_pages.
    std::int32_t wal_pages = 2'000;
    /// Whatever is left empty of the world is the parent's: its clock, say.
    store_options store{};
};

/// Branches a store at a past moment, in the new directory `target`, and returns the branch, open for writing:
///
///     auto what_if = leftfold::fork(store, leftfold::recorded_at{march_15}, "what-if.store");
///     leftfold::repository<account> accounts{what_if};
///     accounts.execute("alice", [](account& a) { a.deposit(500'00); });      // the store knows nothing of it
///
/// A fork is a store like any other. It has an id of its own, holds every event that the parent held at the cut, with
/// the same offsets, versions, times and ids, and goes on from there: append to it, run commands and other versions of
/// the code over it, back it up, fork it. Later open_sqlite("what-if.store") opens it again; deleting its directory
/// drops it.
///
/// Nothing is copied. Reading at or below the cut reads the parent's files, which are opened for reading only and never
/// written. The parent may go on appending, and be owned by another process; nothing of that shows in the fork. So a
/// fork needs its parent: opening one whose parent is not where it was throws errc::not_found, and one whose parent has
/// another history at the cut by now (it was restored to before it, say) errc::foreign_file.
///
/// The parent's snapshots at or below the cut are used. Checkpoints, read models and what commit participants wrote are
/// not the fork's: its read models are built by a replay, in databases of their own.
///
/// Costs two small synced files and one point read a partition, whatever the parent's size. A fork that was broken off
/// leaves nothing that could be opened as a store. Waits for `when` to close, and throws, as event_store::cut_at; also
/// throws errc::already_exists (a store, or files of one, are there), errc::unsupported (the parent is no SQLite
/// store), errc::invalid_argument (the parent is a fork of depth fork_depth_max already, or its path has a line break),
/// and as open_sqlite.
event_store fork(event_store& parent, recorded_at when, const std::filesystem::path& target, fork_options options = {});

/// The same at a cut. Throws errc::invalid_argument where it lies beyond the parent's heads. The fork's clock goes on
/// above the last event of the cut.
event_store fork(event_store& parent, const cut& at, const std::filesystem::path& target, fork_options options = {});

/// The same at a moment, which must be one of the parent's: throws as event_store::check.
event_store fork(event_store& parent, const moment& at, const std::filesystem::path& target, fork_options options = {});

/// Where a fork left its parent.
struct fork_origin {
    store_id parent{};
    /// The parent's at that time.
    store_epoch epoch{};
    /// The parent's directory.
    std::filesystem::path path;
    leftfold::cut cut;
    /// The parent's chain hash in each partition at the cut.
    std::vector<chain_hash> chains{};
    /// The time that the fork's clock goes on from.
    recorded_at time{};
    /// 1, or one more than the parent's where that is a fork itself.
    int depth = 1;
};

/// Returns where the store left its parent; nothing for one that is no fork. Costs nothing.
std::optional<fork_origin> fork_origin_of(event_store& store);

}  // namespace leftfold::inline v0
