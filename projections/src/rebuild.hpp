#pragma once

#include <memory>
#include <optional>

#include "leftfold/projections/rebuilding.hpp"
#include "model.hpp"

namespace leftfold::inline v0::detail {

/// Builds a generation beside a model that goes on folding, compares, and swaps. What is said to be for the live model
/// is done by the thread that steps it, between two steps; all else on the caller's thread, in the order of these
/// functions.
class rebuild {
public:
    explicit rebuild(rebuild_options options) : options_(options) {}

    /// For the live model: names a generation and makes it.
    void begin(model& live);
    /// Folds what the live model has folded, until little is left.
    void follow(const model& live);
    /// For the live model: folds the rest, and holds on to the rows of both as they are then, with the same events.
    void meet(model& live);
    /// Compares these. Returns whether the new ones may be swapped in.
    bool compare();
    /// For the live model: folds the rest, and swaps.
    void swap(model& live);
    /// For the live model: drops what was built.
    void drop(model& live);

    rebuild_report report() const { return report_; }

private:
    /// The rows of one file, as they were when this was made.
    struct held_rows {
        explicit held_rows(const std::filesystem::path& file);
        sqlite::connection connection;
        sqlite::transaction together;
    };

    rebuild_options options_;
    std::unique_ptr<model> builder_;
    std::optional<held_rows> live_rows_;
    std::optional<held_rows> new_rows_;
    rebuild_report report_;
};

}  // namespace leftfold::inline v0::detail
