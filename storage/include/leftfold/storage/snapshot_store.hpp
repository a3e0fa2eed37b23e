#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// Names a store for ever, copies and restores included: 16 random bytes, kept in its manifest.
using store_id = event_id;

/// A kept fold of one stream up to a version. Only ever a shortcut: what does not match the log is dropped (semantics
/// 22).
struct snapshot {
    store_id store{};
    store_epoch epoch{};
    stream_id stream;
    leftfold::version version{};
    /// Where the event of that version stands, when it was recorded, and the partition's chain hash after it.
    leftfold::position position{};
    recorded_at recorded{};
    chain_hash chain{};
    /// The structure of the state and of the events that made it; another one means: fold again.
    std::uint64_t fingerprint{};
    std::string state;
};

/// Keeps snapshots: the newest of each stream and some older ones, so that any past version is near one.
///
/// Losing snapshots costs time, never data; an implementation need not sync. Safe from any thread.
class snapshot_store {
public:
    virtual ~snapshot_store() = default;

    /// Keeps a snapshot. One of the same stream and version is replaced.
    virtual void save(const snapshot& made) = 0;

    /// Returns the stream's newest snapshot of that fingerprint at or below the version *and* recorded at or before the
    /// time.
    virtual std::optional<snapshot> find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                         recorded_at not_after) = 0;

    /// Drops the stream's snapshots with a version in [from, to], whatever their fingerprint, and returns how many
    /// there were. Both bounds of the whole range drop all.
    virtual std::size_t drop(const stream_id& stream, version from, version to) = 0;
};

}  // namespace leftfold::inline v0
