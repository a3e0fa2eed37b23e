#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/position.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// Which events are in the rows of a model: all beyond its start and up to the cut, but those that are parked or
/// discarded.
struct folded_events {
    cut after;
    cut up_to;
    std::set<position> parked{};
    std::set<event_id> discarded{};
};

/// Reads that of a model in the file that has its rows, in the transaction that is open there; what was discarded is
/// said beside the database, `home`. Throws errc::not_found when there is no such model, and errc::stale_model when its
/// rows are not those of this shape and store.
folded_events read_folded_events(sqlite::connection& on, const std::filesystem::path& home,
                                 const std::string& projection, const std::string& shape, event_store& store);

}  // namespace leftfold::inline v0::detail
