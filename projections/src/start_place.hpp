#pragma once

#include <optional>
#include <string>

#include "leftfold/projections/start.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

/// A place in one store at which a fold begins.
struct start_place {
    /// Folded are the events beyond it.
    cut after;
    /// The first time of which the rows can be told: whatever is in `after` was recorded before it.
    recorded_at since = recorded_at::min();
    /// Everything recorded up to here is in `after` or is none that was asked for.
    recorded_at through = recorded_at::min();
    /// What was not there, when another place was taken instead.
    std::string instead_of{};
};

/// Looks up where a start is. Throws errc::not_found when it is not there, errc::not_yet for a time to come, unless the
/// start takes the nearest place; errc::invalid_argument for one that no store of this many partitions has.
start_place find_start(const start_at& wanted, event_store& store);

/// Finds the place again that was kept: the same cut, where the history is still the same, else the same time.
start_place find_start(const stored_start& kept, event_store& store);

}  // namespace leftfold::inline v0::detail
