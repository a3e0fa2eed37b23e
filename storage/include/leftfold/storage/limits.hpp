#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace leftfold::inline v0 {

/// What a store accepts and how long it tries. Over a limit there is a typed error, and nothing is stored or lost.
struct store_limits {
    /// Payload bytes of one event: errc::event_too_large.
    std::size_t event_bytes = 1 << 20;
    /// Events of one append, over all its streams: errc::batch_too_large.
    std::size_t batch_events = 1'000;
    /// Encoded header bytes of one event: errc::headers_too_large.
    std::size_t header_bytes = 16 << 10;
    /// Appends that wait for one partition's writer. Over it callers wait, or get errc::would_block, as the append
    /// says.
    std::size_t queue_appends = 65'536;
    /// Payload and header bytes that wait for one partition's writer; as above.
    std::size_t queue_bytes = std::size_t{64} << 20;
    /// Events that one group commit carries. More callers than that share the next one.
    std::size_t group_events = 4'096;
    /// Payload bytes that one group commit carries.
    std::size_t group_bytes = std::size_t{8} << 20;
    /// Events that a conflict carries to the loser; a longer story is to be read from the stream.
    std::size_t conflict_events = 1'000;
    /// Memory in which the writers of a store remember how far the streams go that were appended to last, about 40
    /// bytes each where names are short. Others are looked up in the index.
    std::size_t remembered_heads_bytes = std::size_t{96} << 20;
    /// How often the outcome of a failed commit is asked for before its callers are told errc::outcome_unknown.
    int resolve_attempts = 3;
    /// A wall clock that runs ahead of elapsed time by more than this refuses appends: errc::clock_jump.
    std::chrono::microseconds max_clock_jump = std::chrono::minutes{5};
    /// A store clock ahead of the wall clock by more than this refuses appends: errc::clock_ahead.
    std::chrono::microseconds max_clock_ahead = std::chrono::minutes{5};
    /// How long a question about a time waits for that time to close: errc::not_closed.
    std::chrono::milliseconds as_of_wait = std::chrono::seconds{1};
};

}  // namespace leftfold::inline v0
