#pragma once

#include <set>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::detail {

/// Which events of some streams are wanted.
struct streams_read {
    const std::set<stream_id>& streams;
    const event_filter& filter;
    /// Those beyond this cut,
    const cut& after;
    /// and up to this one.
    const cut& up_to;
};

/// Gives the events of streams, merged in the store's order, until `visit` returns false. Finds them through the stream
/// index; where the filter chooses by type or header, the payloads of others stay untouched.
///
/// Holds about 10,000 events at once, at least 16 a stream.
void visit_merged(event_store& store, const streams_read& wanted, function_ref<bool(const recorded_event&)> visit);

}  // namespace leftfold::inline v0::detail
