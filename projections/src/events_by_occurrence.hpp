#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::detail {

/// The places of events in the order in which they occurred; of those that occurred at one time, in that in which they
/// were recorded. Places alone are in memory, never payloads.
class events_by_occurrence {
public:
    /// Which events: those of the filter, up to a cut, that had occurred by a time.
    struct choice {
        const event_filter& filter;
        const cut& up_to;
        occurred_at when;
        std::size_t events_max;
    };

    /// Finds them, by a pass over the envelopes. Throws fold_too_large when there are too many.
    events_by_occurrence(event_store& store, const choice& of);

    /// Gives them in order. Reads a few hundred at a time, each at its place.
    void visit(event_sink sink) const;

private:
    struct place {
        std::int64_t occurred;
        std::int64_t recorded;
        offset at;
        partition_id partition;
    };

    mutable event_store store_;
    std::vector<place> places_;
};

}  // namespace leftfold::inline v0::detail
