#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "folded_events.hpp"
#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_database.hpp"
#include "scratch_directory.hpp"
#include "scratch_fold.hpp"

namespace leftfold::inline v0::detail {

/// A model folded once more, into a database of its own that nobody else sees: what the rows of the model should be.
/// For one thread at a time.
class shadow_model {
public:
    /// Holds on to the options.
    shadow_model(event_store& store, make_projection make, const verify_projection_options& options);

    /// Folds until it holds these events and no others. Begins anew when it holds one that is not among them. Throws
    /// errc::projection_stopped for one that cannot be folded.
    void fold(const folded_events& wanted);

    const projection_base& instance() const { return *instance_; }
    std::int64_t events() const { return events_; }
    /// Its rows, committed.
    std::filesystem::path database() const { return directory_.path() / "shadow.db"; }

private:
    void begin_anew(const cut& after);
    void fold_log(const folded_events& wanted);
    void fold_stream(const folded_events& wanted);
    void fold_one(const event_view& event, const folded_events& wanted);

    event_store store_;
    make_projection make_;
    const verify_projection_options& options_;
    scratch_directory directory_;
    model_database rows_;
    std::unique_ptr<projection_base> instance_;
    std::optional<scratch_fold> fold_;
    folded_events folded_;
    std::int64_t events_ = 0;
    std::int64_t wanted_ = 0;
};

}  // namespace leftfold::inline v0::detail
