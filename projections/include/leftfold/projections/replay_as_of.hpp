#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// Copies of a read model that replays keep on their way, so that later ones start near the time that they are asked
/// for. For the order of recording alone. Only ever a shortcut, as snapshots are: a copy that is damaged, or of other
/// code or another history, is removed and counts for nothing.
struct replay_copies {
    /// The directory for them, made when it is not there: one for each store, which all its projections and any number
    /// of programs may share. Empty: none are kept.
    std::filesystem::path in{};
    /// One for so many events folded. Each takes as much space as the rows of then, and the time to write them.
    std::size_t every = 1'000'000;
    /// The most of one projection. When there is one more, that one goes whose neighbours are nearest.
    std::size_t at_most = 16;
};

/// How a read model is folded as of a past time.
struct replay_options {
    /// The most events that may be brought into the order in which they occurred: 32 bytes of memory each. More of them
    /// are fold_too_large (fold_live.hpp). The order of recording needs no memory, and has no limit.
    std::size_t sorted_events_max = 5'000'000;
    /// The directory for the rows: as much space as the model had, for as long as the answer lives. Empty: the system's
    /// own for temporary files.
    std::filesystem::path scratch{};
    replay_copies copies{};
    /// Renamed and upcast events, as the engine has them.
    event_registry events{};
    /// How long to wait for the time to close.
    as_of_options closing{};
    /// Told now and then how many events are folded.
    std::function<void(std::int64_t folded)> progress{};
};

namespace detail {

class read_side;
class scratch_directory;

/// Which events are folded: those recorded by a time or up to a moment, else all that are known; of these, those that
/// had occurred by a time, in the order in which they did.
struct replay_question {
    std::optional<recorded_at> recorded{};
    std::optional<moment> then{};
    std::optional<occurred_at> occurred{};
};

/// What a replayed model holds, without its type.
class replayed_model {
public:
    replayed_model(event_store& store, std::unique_ptr<projection_base> of, const replay_question& asked,
                   const replay_options& options);
    ~replayed_model();

    const projection_base& handle() const { return *handle_; }
    const leftfold::cut& cut() const { return cut_; }
    std::int64_t events() const { return events_; }
    std::int64_t folded() const { return folded_; }

private:
    void fold(event_store& store, const replay_question& asked, const replay_options& options,
              const std::filesystem::path& database);

    leftfold::cut cut_;
    std::int64_t events_ = 0;
    std::int64_t folded_ = 0;
    std::unique_ptr<scratch_directory> directory_;
    std::unique_ptr<read_side> side_;
    std::unique_ptr<projection_base> handle_;
};

}  // namespace detail

/// A read model as it was at one time, folded for the question: what replay_as_of() returns. `*` and `->` give the
/// projection's tables to be read, by any number of threads, as of the handle that engine.add() returns. Its tables
/// know that time alone: as_of() of them throws errc::unsupported.
///
/// Movable. The rows lie in a scratch directory, and go with it.
template <class Projection>
class replayed {
public:
    /// What replay_as_of() calls.
    explicit replayed(std::unique_ptr<detail::replayed_model> model) : model_(std::move(model)) {}

    const Projection& operator*() const { return static_cast<const Projection&>(model_->handle()); }
    const Projection* operator->() const { return &**this; }

    /// Returns the cut of the events that were known: none beyond it is in the rows.
    const leftfold::cut& cut() const { return model_->cut(); }
    /// Returns how many events are in the rows, and how many of them were folded for this answer: the others came with
    /// a kept copy.
    std::int64_t events() const { return model_->events(); }
    std::int64_t folded() const { return model_->folded(); }

private:
    std::unique_ptr<detail::replayed_model> model_;
};

namespace detail {

template <class Projection>
replayed<Projection> replay(event_store& store, const replay_question& asked, const replay_options& options) {
    return replayed<Projection>(
        std::make_unique<replayed_model>(store, std::make_unique<Projection>(), asked, options));
}

}  // namespace detail

/// Folds a read model as it was known at `when`, from the first event on: for projections whose tables keep no history,
/// and for tables written in SQL.
///
///     const auto then = leftfold::replay_as_of<balances>(store, leftfold::recorded_at{march_15});
///     then->rows.find("alice");
///
/// Folds every event recorded at or before the time, in the store's own order, into a database of its own. The live
/// model is neither needed nor touched. The same question has the same answer for ever.
///
/// Of what an engine was told it knows nothing: it begins at the first event (projection_options::start), and folds the
/// events that were parked or discarded.
///
/// Throws errc::not_yet and errc::not_closed as event_store::cut_at, errc::projection_stopped (an event that cannot be
/// folded; the text has it), errc::disk_full, errc::io_error, errc::corrupt.
///
/// Costs reading and folding all events of then, or those since the nearest kept copy (replay_options::copies). Blocks;
/// safe from any thread. For a part of the events, or rows in memory, see fold_live().
template <std::derived_from<projection_base> Projection>
replayed<Projection> replay_as_of(event_store& store, recorded_at when, const replay_options& options = {}) {
    return detail::replay<Projection>(store, {.recorded = when}, options);
}

/// The same at a moment. Also throws errc::other_history, as event_store::check.
template <std::derived_from<projection_base> Projection>
replayed<Projection> replay_as_of(event_store& store, const moment& then, const replay_options& options = {}) {
    return detail::replay<Projection>(store, {.then = then}, options);
}

/// Folds a read model as it was in truth at `when`, by all that is known now: every event that occurred at or before
/// it, in (occurred_at, recorded_at) order (semantics 6). A late event changes the answer.
///
/// `on` must accept that order: an account may be paid into before it is opened. Costs one more pass over the log, and
/// reads events one by one; also throws fold_too_large, over replay_options::sorted_events_max.
template <std::derived_from<projection_base> Projection>
replayed<Projection> replay_as_of(event_store& store, occurred_at when, const replay_options& options = {}) {
    return detail::replay<Projection>(store, {.occurred = when}, options);
}

/// Folds a read model as it was believed at `known` to have been at `when`: the events recorded at or before `known` of
/// which it was said that they had occurred at or before `when`, in the order of the latter. The same question has the
/// same answer for ever. Costs and throws what both do.
template <std::derived_from<projection_base> Projection>
replayed<Projection> replay_as_of(event_store& store, recorded_at known, occurred_at when,
                                  const replay_options& options = {}) {
    return detail::replay<Projection>(store, {.recorded = known, .occurred = when}, options);
}

/// The same, of what was known at a moment.
template <std::derived_from<projection_base> Projection>
replayed<Projection> replay_as_of(event_store& store, const moment& known, occurred_at when,
                                  const replay_options& options = {}) {
    return detail::replay<Projection>(store, {.then = known, .occurred = when}, options);
}

}  // namespace leftfold::inline v0
