#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "leftfold/projections/rebuilding.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// Where a projection, a process or a reactor stands. The first three are one that runs.
enum class projection_state {
    catching_up,  ///< there are closed events that it has not folded, or acted on
    live,         ///< it has folded all that is closed
    backing_off,  ///< an event or the database failed; it will try again
    draining,     ///< it was told to fold what was closed, and then to pause
    paused,       ///< it was told to, and folds nothing until it is told to resume, restarts included
    stopped,      ///< it folds nothing: it failed for good, and `failure` says how, or was told to stop (`told_by`)
};

/// Returns the name of a state as people read it: "catching up", "live", "waiting to retry", "draining", "paused",
/// "stopped".
std::string_view to_string(projection_state state);

/// How far a projection, a process or a reactor has come, what it was told, and what is wrong with it if something is.
/// What is said of folding and rows holds for reacting and effects.
struct projection_status {
    std::string name;
    projection_state state = projection_state::catching_up;
    /// Every event in it is in the rows, durably.
    cut reached;
    /// Events of the store that it has not reached.
    std::size_t events_behind = 0;
    /// How old the oldest of them may be: wall clock against the time up to which all is folded. 0 when none is left.
    std::chrono::microseconds time_behind{};
    /// How many events a second it folds and writes while it has any to fold, by its last 16 flushes. 0 before the
    /// first, and on a clock that stands still.
    double events_per_second = 0;
    /// Failed attempts since the last that went well, and what the last of them said.
    int attempts = 0;
    std::string failure;
    /// Failed attempts since it was added, those that went well later included, and what the last of them said.
    std::size_t failures = 0;
    std::string last_failure;
    /// How often it was started again since it was added, after the database or the store failed or memory ran out.
    std::size_t restarts = 0;
    /// Whether it runs and has something to fold, and has come no further for supervision_options::stalled_after.
    bool stalled = false;
    /// Who told it to pause, drain or stop, and when. Empty for one that runs.
    std::string told_by;
    std::optional<instant> told_at;
    /// How many streams are parked.
    std::size_t parked = 0;
    /// The first time of which its rows can be told: its start. min() for one that began at the first event.
    recorded_at since = recorded_at::min();
    /// How often it has begun: 1 for one that never had to begin anew. The number of the generation whose rows are
    /// read; while `rebuilding` says so, that of the one which will be.
    std::int64_t generation = 1;
    /// How far the generation is that is being built.
    std::optional<rebuild_progress> rebuilding{};
    /// Whether it had to begin again from its start, when it was added or because it was told to seek, and why.
    std::string begun_anew_because;
};

}  // namespace leftfold::inline v0
