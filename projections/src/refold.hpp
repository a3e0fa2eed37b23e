#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/event_store.hpp"
#include "write_side.hpp"

namespace leftfold::inline v0::detail {

/// What a refold needs of the model that it works on.
struct refold_subject {
    event_store& store;
    projection_base& instance;
    write_side& side;
    const event_registry& events;
    const event_filter& filter;
    const std::set<event_id>& discarded;
    /// Where the projection began: what is in here was never folded.
    const cut& start;
    /// What other streams found missing since something was parked.
    const std::vector<row_writers::absence>& absences;
    /// Rows and versions held before they are written to the transaction.
    std::size_t rows_max;
};

/// How a refold went. One of the two is set when it failed.
struct refold_outcome {
    struct failure {
        recorded_event event;
        std::string why;
    };
    std::optional<failure> failed{};
    /// The stream whose row was in the way, and which has to be folded with the others.
    std::string also{};
};

/// Folds streams anew, in place: deletes the rows that they wrote, history included, and folds their events up to the
/// cut, merged in the store's order, into the open transaction of the side. Nothing else changes. The caller commits,
/// or rolls back when the outcome says so, and then forgets what the tables hold.
///
/// Costs a pass over the model's tables and reading these streams.
refold_outcome refold(const refold_subject& subject, const std::set<std::string>& streams, const cut& up_to);

}  // namespace leftfold::inline v0::detail
