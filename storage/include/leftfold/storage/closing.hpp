#pragma once

#include <optional>
#include <string>

#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

class event_store;

/// How far a store is closed, and what keeps it from being closed further.
struct closed_state {
    /// No event will ever again be recorded at this time or before.
    recorded_at until{};
    /// The partition with a commit whose outcome is unknown, which holds `until` just below it until the log can tell.
    /// It is asked again by the next append there, by whoever asks the owner how far it is closed or for a time, and
    /// when the store is opened again.
    std::optional<partition_id> held_by{};

    friend bool operator==(const closed_state&, const closed_state&) = default;
};

/// Returns event_store::closed(), and which partition holds it down if one does. A reader gets what the owner published
/// last. Costs the caller no I/O in the owner, one small read in others.
closed_state closed_state_of(event_store& store);

/// How an attempt to seal a store ended.
enum class seal_status {
    sealed,     ///< the times asked for are closed, for ever
    owned,      ///< somebody owns the store, and nothing was done: times close by asking that one
    forbidden,  ///< this process may not write there, and nothing was done
};

/// The end of an attempt: how, and one clause for people where it was not done.
struct seal_report {
    seal_status status = seal_status::sealed;
    std::string detail{};
};

/// Closes the times that an owner who is gone has left open: everything up to the store's saved clock bound, hence all
/// that is stored; and `at_least` too, as far as that is not in the future.
///
/// Only an owner can say that a time is closed, since only it knows what it is committing. Once it is dead nobody
/// knows: a commit that was in flight can be invisible to one reader and appear to a later one (semantics 8). Sealing
/// settles that: it takes the store's lock, opens every partition as an owner would, so that recovery decides what is
/// stored, overwrites what the dead owner had not finished, says what is closed, and lets go. It adds no event, and no
/// later owner can record anything at those times.
///
/// For readers; the handle that owns the store gets `owned`. Never touches a store that somebody owns, however long
/// that one has been silent, and does not wait for it. Waits for another sealer; an owner that opens the store
/// meanwhile waits for this one. event_store::cut_at does this by itself when its wait for the owner was in vain.
///
/// Costs a few milliseconds a partition. Thread-safe. Throws errc::corrupt, errc::disk_full and errc::io_error as
/// opening the store would, and errc::foreign_file when there is another store in the directory by now.
seal_report seal(event_store& store, recorded_at at_least = recorded_at::from_micros(0));

}  // namespace leftfold::inline v0
