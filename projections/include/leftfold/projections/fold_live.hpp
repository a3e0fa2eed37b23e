#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// Which events a projection is folded from when it is folded on demand, and how much that may take.
///
/// Lists narrow what the projection reads by itself: within one list any match will do, every list that is not empty
/// must match. All but `types` of an event that is upcast is decided by its envelope, before its payload is touched.
struct live_options {
    /// Categories of streams. Of a projection that reads some categories only, it must be these.
    std::vector<std::string> categories{};
    /// Durable types, by the names that they have now; what was stored under an older name, and is translated, is among
    /// them. Each must be one that the projection has an `on` for.
    std::vector<std::string> types{};
    /// Keys of streams. Where the categories are known, from this query or from the projection, their streams are read
    /// through the index, as long as they are not more than 1,000; else by a pass over the envelopes.
    std::vector<std::string> keys{};
    /// Name and value of a header that must be there.
    std::vector<std::pair<std::string, std::string>> headers{};
    /// Recorded at this time or later: the rows are a fold of these events alone, and know nothing of earlier ones.
    recorded_at from = recorded_at::min();
    /// Recorded at this time or before. Empty: all that is closed.
    std::optional<recorded_at> through{};

    /// The most events to fold: fold_too_large.
    std::size_t events_max = 1'000'000;
    /// The most memory for the rows, their history and their indices: fold_too_large.
    std::size_t bytes_max = std::size_t{256} << 20;
    /// How long to wait for `through` to close; empty: store_limits::as_of_wait.
    std::optional<std::chrono::milliseconds> wait{};
    /// Renamed and upcast events, as an engine has them.
    event_registry events{};
};

/// A fold on demand that would take more than its limits allow: which limit, and what it is, in the text. Nothing is
/// kept of it. Its code is errc::projection_stopped.
class fold_too_large : public error {
public:
    explicit fold_too_large(const std::string& doing) : error(errc::projection_stopped, doing) {}
};

namespace detail {

class live_rows;
class read_side;

/// What a live_model holds, without its type.
class live_fold {
public:
    live_fold(event_store& store, std::unique_ptr<projection_base> of, const live_options& options);
    ~live_fold();

    const projection_base& folded() const { return *folded_; }
    const cut& at() const;
    recorded_at through() const;
    std::size_t events() const { return events_; }
    sql_reader sql() const;

private:
    std::size_t events_ = 0;
    live_rows* rows_ = nullptr;  // belongs to side_
    std::unique_ptr<read_side> side_;
    std::unique_ptr<projection_base> folded_;
};

}  // namespace detail

/// A projection that was folded on demand, into memory. What fold_live() returns.
///
/// It is read as the handle of an engine is: find, range, where, count, for_each, and as_of of a table with history, of
/// each time from live_options::from to `through()`. Members that are no tables can be read too. It never changes.
///
/// Thread safety: any number of threads may read one; sql() gives each thread a reader of its own. Movable. Its tables,
/// and what as_of() of them returned, are valid as long as it lives, the store's own answers (`cut()`) as long as that
/// is open.
template <class Projection>
class live_model {
public:
    /// What fold_live() calls.
    explicit live_model(std::unique_ptr<detail::live_fold> folded) : folded_(std::move(folded)) {}

    /// Returns the projection's read side: its tables, whose const functions read.
    const Projection& operator*() const { return static_cast<const Projection&>(folded_->folded()); }
    const Projection* operator->() const { return &**this; }

    /// Returns the time that the rows are of: ask again with it, and get the same rows.
    recorded_at through() const { return folded_->through(); }
    /// Returns the cut that holds every event up to then, and no other.
    const leftfold::cut& cut() const { return folded_->at(); }
    /// Returns how many events were folded.
    std::size_t events() const { return folded_->events(); }

    /// Returns a reader that asks the rows in SQL, those of the past included (`balances_as_of('2026-03-15')`). It may
    /// outlive the model.
    sql_reader sql() const { return folded_->sql(); }

private:
    std::unique_ptr<detail::live_fold> folded_;
};

/// Folds a projection now, from the events that a query chooses, into memory, and returns what came out. No engine, no
/// file, no checkpoint:
///
///     const auto of_alice = leftfold::fold_live<balances>(store, {.keys = {"alice"}, .through = march_15});
///     of_alice->rows.find("alice");
///
/// It is the projection that an engine folds, and the same code: without a query the rows are those of the engine at
/// that time, history included. What the projection says of categories and of types that it ignores holds here too; an
/// event that it can neither fold nor ignore, and whose turn comes, ends the fold. Nothing is parked.
///
/// Costs reading and folding what is chosen, each time; the rows are in memory. Blocks meanwhile. Safe from any thread,
/// beside engines and appends; a reading handle of the store will do.
///
/// Throws errc::projection_stopped for an event that cannot be folded, with its position and type in the text;
/// fold_too_large; errc::not_yet (`through` or `from` is in the future), errc::not_closed (it does not close in time);
/// errc::invalid_argument for a query that can choose nothing: a category that the projection does not read, a type
/// that it has no `on` for, `from` after `through`; errc::invalid_name for what is no name.
template <std::derived_from<projection_base> Projection>
live_model<Projection> fold_live(event_store& store, const live_options& options = {}) {
    return live_model<Projection>(std::make_unique<detail::live_fold>(store, std::make_unique<Projection>(), options));
}

}  // namespace leftfold::inline v0
