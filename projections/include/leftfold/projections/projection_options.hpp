#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string_view>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_status.hpp"
#include "leftfold/projections/rebuilding.hpp"
#include "leftfold/projections/start.hpp"
#include "leftfold/projections/waiting.hpp"

namespace leftfold::inline v0 {

/// How much may be held in memory before it is written. Whichever comes first; at the end of the log, at once.
struct flush_options {
    /// Events folded.
    std::size_t events = 250'000;
    /// Rows and versions that wait to be written.
    std::size_t rows = 400'000;
    /// Rows held, those that are only remembered included; then all are forgotten.
    std::size_t cached_rows = 500'000;
};

/// How events are taken together: they are decoded, and the rows that they will touch are looked up (table::prefetch),
/// before the first of them is folded.
struct batch_options {
    /// Events of a batch.
    std::size_t events = 1'000;
    /// Bytes of their names, headers and payloads. The event that passes the bound is still one of them.
    std::size_t bytes = std::size_t{4} << 20;
    /// Batches that are decoded while one before them is folded, each on a thread: made when there is first more to
    /// fold than a batch. 0: whoever folds decodes.
    std::size_t ahead = 2;
};

/// What to do when an event fails: wait, twice as long each time, and try again.
struct retry_options {
    /// How often it is tried again. Then the projection stops and keeps the error; nothing is ever skipped.
    int count = 5;
    std::chrono::milliseconds first_wait{100};
    std::chrono::milliseconds longest_wait = std::chrono::seconds{30};
};

/// How one projection runs.
struct projection_options {
    /// The file that holds the tables. Several projections may share one; each has its own tables and checkpoint, and
    /// they take turns at writing. Made when there is none.
    std::filesystem::path database{};
    /// Where it begins, if it is new: not yet in its database, or in memory.
    start_at start = start_at::earliest();
    /// What to do when its rows are those of another shape.
    when_changed on_change = when_changed::rebuild_beside;
    leftfold::previous_rows previous_rows = previous_rows::kept;
    flush_options flush{};
    batch_options batch{};
    retry_options retries{};
    /// The most streams that a projection which parks keys sets aside at once. One more, and it stops.
    std::size_t parked_max = 1'000;
    /// The most partitions that a projection with order::per_partition folds at the same time, each on a thread.
    std::size_t lanes_at_once = 4;
    /// How long as_of() waits for the rows to come as far as the time asked for.
    std::chrono::milliseconds as_of_wait = std::chrono::seconds{1};
    /// Renamed and upcast events, as for repositories; empty: there are none. Another registry means another fold.
    event_registry events{};
};

/// What becomes of projections that break off for no fault of an event: the database or the store failed, or there was
/// no memory. What was not written is dropped, and they go on from the checkpoint after a wait, twice as long each
/// time.
struct supervision_options {
    /// How often in a row. Then the projection stops and keeps the error.
    int restarts = 100;
    std::chrono::milliseconds first_wait{100};
    std::chrono::milliseconds longest_wait = std::chrono::seconds{30};
    /// How long a projection that runs may come no further while there is something to fold. Then it is stalled, which
    /// the observer is told once, until it moves again.
    std::chrono::milliseconds stalled_after = std::chrono::seconds{30};
};

/// How an engine runs.
struct engine_options {
    /// The longest that a resting projection goes without a look at the store. It is woken by appends; this is for what
    /// nobody announces.
    std::chrono::milliseconds longest_rest = std::chrono::seconds{1};
    supervision_options supervision{};
    /// For tests: called by name around each durable step. What it throws, unless it is a std::exception, leaves the
    /// engine as a kill would at this point.
    std::function<void(std::string_view step)> failpoint{};
};

}  // namespace leftfold::inline v0
