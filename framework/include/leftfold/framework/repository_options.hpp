#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "leftfold/framework/change.hpp"
#include "leftfold/framework/event_registry.hpp"
#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0 {

/// When the fold of a stream is kept, so that it need not be folded again from the start. A snapshot is only ever a
/// shortcut: one that does not match the log and the code in every respect is dropped, and the events are folded.
struct snapshot_policy {
    /// A load that folded this many events keeps what it came to; 0: no snapshots, neither made nor used. An aggregate
    /// that keeps snapshots is described (BOOST_DESCRIBE_CLASS), all its members included.
    std::uint32_t every = 0;
    /// Beside the newest, one is kept per so many events, so that a state of the past costs no more applies.
    std::uint32_t spacing = 1'000;
    /// Of the loads that begin with a snapshot, every so many-th also folds the events and compares; one that differs
    /// is told to the observer and dropped. 0: none. Empty: 64 where the library was built without NDEBUG, else 0.
    std::optional<std::uint32_t> refold_every{};
};

/// What a repository did with snapshots since it was made.
struct snapshot_counts {
    std::uint64_t used = 0;       ///< loads that began with one
    std::uint64_t kept = 0;       ///< made
    std::uint64_t discarded = 0;  ///< dropped because they did not match the log or the code
};

/// What a repository's residents did since it was made, and what they are now.
struct resident_counts {
    std::uint64_t used = 0;     ///< commands and loads that found one
    std::uint64_t missed = 0;   ///< those that found none, and read the stream: it was new, dropped, or in use
    std::uint64_t evicted = 0;  ///< dropped because there were too many bytes
    std::size_t held = 0;       ///< how many there are
    std::size_t bytes = 0;      ///< what they take
};

/// Which of the kept snapshots verify_snapshots looks at.
struct snapshot_check_options {
    /// At most so many streams, chosen at random; 0: all of them.
    std::size_t streams_max = 0;
    /// Chooses the same streams again.
    std::uint64_t seed = 1;
};

/// A kept snapshot that is not what its events fold to.
struct wrong_snapshot {
    stream_id stream;
    leftfold::version version{};
    /// What the snapshot has (before) and what the events fold to (after); empty when it does not decode.
    std::vector<change> differences{};
};

/// What verify_snapshots found.
struct snapshot_report {
    std::uint64_t streams = 0;   ///< whose snapshots were looked at
    std::uint64_t checked = 0;   ///< snapshots that were compared with their events
    std::uint64_t outdated = 0;  ///< of another epoch, or not of this log: never used
    std::vector<wrong_snapshot> wrong{};
};

/// How a repository works.
struct repository_options {
    snapshot_policy snapshots{};
    /// How often a command decides before it gives up its race: errc::conflict_exhausted.
    int attempts_max = 10;
    /// How long a command tries to learn whether a commit of unknown outcome is stored, before it throws
    /// errc::outcome_unknown.
    std::chrono::milliseconds deadline = std::chrono::seconds{10};
    /// How many bytes of residents the repository keeps: states of the streams that were used last, which spare a
    /// command the reading and the folding of its stream (docs/aggregates.md). Over it, those used longest ago go; one
    /// that alone is larger never stays. 0: none are kept.
    ///
    /// A state says itself how many it takes, by `std::size_t resident_bytes() const` (of a decider, its State), or its
    /// described members are counted: their sizes, and what strings and containers have on the heap, as far as that can
    /// be told without asking the allocator. Until a state has grown by an eighth, the payloads that it took in stand
    /// for its growth. The states that commands are working on, and their copies, come on top.
    ///
    /// Each command and each load copies the state, and what happens to a copy must not reach the original: no pointers
    /// to shared data that `apply` changes. An aggregate that cannot be copied is refused, and one without
    /// `resident_bytes()` that is not described or has `transient` members: errc::invalid_argument.
    std::size_t resident_bytes = 0;
    /// The events of the application, with renames and upcasters. The repository's own are added to its copy.
    event_registry events{};
};

}  // namespace leftfold::inline v0
