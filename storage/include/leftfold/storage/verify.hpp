#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// Something stored that is not what was written.
struct damage {
    /// The event at which it shows. A chain that breaks at an event was altered there or just before.
    position where{};
    std::string what;
};

struct verify_options {
    /// Where an earlier verification ended: only what came since is read, and its end is compared first. Empty:
    /// everything.
    std::optional<checkpoint> since{};
    /// Places that this store is known to have reached, from notes kept elsewhere. Whether it still has them, with the
    /// same chain hashes, is checked whatever else is read: a tail that was cut off leaves no other trace.
    std::vector<checkpoint> known{};
    /// How many damaged places are listed before a partition is given up; at least one.
    std::size_t damages = 100;
    /// Told after each page how many events were read so far, and how many there are.
    unique_function<void(std::int64_t done, std::int64_t all)> progress{};
};

struct verify_report {
    std::vector<damage> damages;
    std::int64_t events = 0;
    /// Where it ended, for the next time, and what another copy of the store can be compared with.
    checkpoint reached{};

    bool sound() const { return damages.empty(); }
};

/// Reads every event (or those since `since`) and checks that it is what was written: both checksums, dense offsets,
/// rising times, dense versions of every stream, the chain of hashes to the head, and that the index knows the last
/// version of each stream that it met.
///
/// A chain proves that nothing was altered by accident. Whoever can rewrite the file can also rewrite the chain;
/// against that, compare `reached` with a copy kept elsewhere.
///
/// Reads beside a live owner, up to the heads as they were at the start. Costs about a second for a million events of
/// 256 bytes, a look-up in the index and some forty bytes of memory for each stream of a partition that it met. Throws
/// errc::invalid_argument for a place of another store, and for `damages` of none.
verify_report verify(event_store& store, verify_options options = {});

}  // namespace leftfold::inline v0
