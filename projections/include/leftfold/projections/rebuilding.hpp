#pragma once
// Folding a model anew beside its rows: docs/rebuilding.md.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "leftfold/projections/drift.hpp"

namespace leftfold::inline v0 {

/// What becomes of the rows when the projection is not what they were made by: its row type, its tables, its list of
/// events or its `revision` changed.
enum class when_changed {
    /// The old rows stay as they are, for programs of the old shape, while the new ones are folded in a file of their
    /// own; then these are swapped in, in one step. This program's handles throw errc::stale_model until then.
    rebuild_beside,
    /// The old rows are dropped, and readers see the new ones grow. Needs no space beside.
    in_place,
    /// Adding the projection throws errc::stale_model, and changes nothing.
    refuse,
};

/// What becomes of the rows that were live before, once others are swapped in.
enum class previous_rows {
    kept,     ///< they stay until the next rebuild begins, to roll back to
    dropped,  ///< at once: that spares their space
};

/// How far a generation has come that is being built.
struct rebuild_progress {
    std::int64_t generation = 0;
    /// Events of the log that are folded or passed over, of those that are to be.
    std::size_t done = 0;
    std::size_t all = 0;
    /// Since it was begun, or taken up again; 0 at first.
    double events_per_second = 0;
    /// When all will be folded, if it goes on so; 0 while nobody knows.
    std::chrono::microseconds left{};

    /// From 0 to 1.
    double share() const { return all == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(all); }
};

/// What projection_engine::rebuild() makes of rows that are not what they were.
enum class differences {
    refused,   ///< the new rows are dropped: the same fold of the same events should give the same rows
    accepted,  ///< the new rows are right: the old ones were changed by hand, say, or `on` asks more than its arguments
};

struct rebuild_options {
    leftfold::differences differences = leftfold::differences::refused;
    /// How much is compared: the rows of about one in this many keys, drawn by `seed`. 1: all.
    std::uint32_t one_key_in = 1;
    std::uint64_t seed = 0;
    /// The most differences to list. All are counted.
    std::size_t listed_max = 1'000;
    /// Says of a difference that it is meant to be. It is counted as expected then, and stops nothing; any other one
    /// does what `differences` says. Called once for each, on the caller's thread, in order of tables and keys.
    std::function<bool(const drift&)> expected{};
};

/// What a rebuild came to.
struct rebuild_report {
    /// Whether readers read the new rows now.
    bool swapped = false;
    /// The number of the new generation.
    std::int64_t generation = 0;
    /// The comparison of the live rows (found) with the new ones (expected), both with the same events.
    projection_report compared{};
};

}  // namespace leftfold::inline v0
