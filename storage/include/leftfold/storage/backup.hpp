#pragma once

#include <cstdint>
#include <filesystem>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

struct backup_options {
    /// Told after each page how many events were copied so far, and how many there are to copy.
    unique_function<void(std::int64_t done, std::int64_t all)> progress{};
    /// Of a backup: also restores it, all of it, into the directory `<target>.rehearsal`, verifies each event there,
    /// and removes it. Costs a whole copy in time and space. What a rehearsal that was killed has left is removed by
    /// hand: until then the next one is errc::already_exists.
    bool rehearse = false;
};

struct backup_report {
    /// The cut that the copy now holds, and how many events this run brought.
    cut copied{};
    std::int64_t events = 0;
    /// How many events were read back from a finished backup, or from what was restored of it, and found to be what was
    /// written.
    std::int64_t verified = 0;
};

/// Copies a store into the directory `target`, row by row up to one closed cut, while its owner goes on appending
/// (semantics 20). A target that is an earlier backup of the same store is carried on from where it ended; anything
/// else there is errc::already_exists or errc::foreign_file. Offsets, times, ids and chain are the source's own, and
/// the chain hashes at the cut are compared at the end: a difference is errc::corrupt, naming the partition.
///
/// The finished copy is then opened as a store, and what this run brought is read back and verified: what is not as it
/// was written is errc::corrupt, naming partition and offset. Of a copy whose last run was broken off, all of it.
///
/// A backup that is killed is carried on by the next. Until that has ended there is nothing that could be opened as a
/// store; but restore() gives what the last one that ended had, if one had ended.
///
/// What an owner who is gone has left open is sealed first, and belongs to the backup (closing.hpp). Where it may not
/// be sealed: errc::not_closed.
///
/// The cut holds every append that was acknowledged before the call. Only a commit whose outcome is unknown, and which
/// holds the store's time back for longer than store_limits::as_of_wait, makes it end just below that commit's time.
///
/// Read models and snapshots are left out: they are derived. Reads in pages, so that no long read keeps the source's
/// WAL from being reset.
backup_report backup(event_store& source, const std::filesystem::path& target, backup_options options = {});

/// Makes a live store at `target` from a backup: a copy whose epoch is one higher, so that checkpoints and snapshots
/// made after the backup are seen to be of another history, and rebuilt. Refuses to overwrite: errc::already_exists. A
/// restore that is killed leaves nothing that could be opened; the next one begins anew.
backup_report restore(const std::filesystem::path& backup_directory, const std::filesystem::path& target,
                      backup_options options = {});

}  // namespace leftfold::inline v0
