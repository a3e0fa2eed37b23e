#pragma once

#include <cstdint>
#include <string>

#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// What becomes of an event that a projection cannot fold. Said by the projection itself:
/// `static constexpr auto on_failure = leftfold::failure_policy::park_key;`
enum class failure_policy {
    /// The projection tries it again as retry_options says, then stops before it. Later events wait, all of them.
    stop,
    /// The stream of the event is set aside at once: this event and later ones of the stream wait in a durable queue,
    /// and all others flow. Retries run from the queue. When the event can be folded, the rows of the stream are folded
    /// anew in place, history included, and it rejoins by itself.
    ///
    /// For projections whose rows belong to one stream each: every row remembers the stream that wrote it, and what
    /// touches a row of a parked stream is parked with it. Its `on` finds rows by key only, and it has no sql_table.
    park_key,
};

/// What as_of() does while events recorded at or before the time asked for are parked.
enum class parked_events {
    refuse,     ///< throws errc::incomplete
    leave_out,  ///< answers without them
};

/// A stream whose events wait, and why.
struct parked_key {
    stream_id stream;
    /// Its events recorded from here on wait, and are in no row.
    recorded_at since{};
    /// How many they are, by the last checkpoint.
    std::int64_t waiting = 0;
    /// The event that could not be folded, and its type. For a stream that is parked because of another one: the first
    /// of its own that waits; offset 0 when none has come.
    position failed{};
    std::string type;
    /// What its `on` threw, or which row of which stream is in the way.
    std::string why;
    /// Retries from the queue that failed.
    int attempts = 0;
};

}  // namespace leftfold::inline v0
