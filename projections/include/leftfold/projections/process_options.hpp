#pragma once

#include <cstddef>

#include "leftfold/projections/projection_options.hpp"

namespace leftfold::inline v0 {

/// How one process runs.
struct process_options {
    /// Where it begins, if the log has no process of its name yet. It notes and reacts to nothing that came before. Not
    /// the first event of the store, unless you say so: a process that is added to a store of last year would do the
    /// work of last year.
    start_at start = start_at::latest();
    retry_options retries{};
    /// The most commands that one event may lead to. One more, and the process stops.
    std::size_t commands_max = 100;
    /// The most instances that are not finished, and the most deadlines that wait: they are held in memory. One more,
    /// and the process stops.
    std::size_t instances_max = 1'000'000;
    std::size_t deadlines_max = 1'000'000;
    /// Renamed and upcast events and messages, as for repositories.
    event_registry events{};
};

}  // namespace leftfold::inline v0
