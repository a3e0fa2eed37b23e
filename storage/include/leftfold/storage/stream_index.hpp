#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "leftfold/storage/event.hpp"
#include "leftfold/storage/reading.hpp"

namespace leftfold::inline v0 {

/// The last event of a stream.
struct stream_head {
    leftfold::version version{};
    offset at{};

    friend constexpr bool operator==(const stream_head&, const stream_head&) = default;
};

/// Finds a stream's events, and events by id, within one partition.
///
/// The index is derived: everything in it can be made again from the log, and an implementation that finds itself
/// behind or damaged does so by itself. It never answers from a guess: what it returns was checked against the log's
/// rows where its own keys are hashes.
///
/// Thread safety: add() of one partition is called by its writer alone, one call at a time; look-ups come from any
/// thread at any time, and see every event whose add() has returned.
class stream_index {
public:
    virtual ~stream_index() = default;

    /// Takes note of events that were just committed, in offset order, without a gap to what it has seen.
    virtual void add(partition_id partition, std::span<const event_view> committed) = 0;

    /// Returns the stream's last event, or nothing when it has none.
    virtual std::optional<stream_head> head(partition_id partition, const stream_id& stream) = 0;

    /// Returns the offsets of at most `count` of the stream's events, starting with version `from` and going the way
    /// asked; fewer where the stream ends. Forward, a `from` below 1 is the first version; backward, one beyond the
    /// stream's end is the last. Costs O(log runs) page reads and the result.
    virtual std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                                     direction way) = 0;

    /// Returns where the event with that id stands, or nothing when the partition has none.
    virtual std::optional<offset> find_id(partition_id partition, const event_id& id) = 0;

    /// Returns the last offset that look-ups know of.
    virtual offset indexed_to(partition_id partition) = 0;

    /// Drops what is kept for the partition and builds it again from the log. Look-ups go on meanwhile, or wait.
    virtual void rebuild(partition_id partition) = 0;
};

}  // namespace leftfold::inline v0
