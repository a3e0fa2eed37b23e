#pragma once

#include <optional>
#include <utility>

#include "leftfold/framework/detail/aggregate_access.hpp"
#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

/// An aggregate as it was at some point, or nothing when it did not exist then. Used like a std::optional:
///
///     if (auto ann = accounts.load("ann")) use(ann->balance());
///
/// It also knows which events it is made of. A plain value, independent of repository and store.
template <class Aggregate>
class loaded {
public:
    using value_type = detail::kept_state<Aggregate>;  ///< the aggregate; for a decider its State

    /// Nothing, as seen at a cut.
    explicit loaded(leftfold::cut seen) : seen_(std::move(seen)) {}
    loaded(Aggregate state, leftfold::position last, leftfold::cut seen)
        : state_(std::move(state)), last_(last), seen_(std::move(seen)) {}

    bool has_value() const { return state_.has_value(); }
    explicit operator bool() const { return has_value(); }
    friend bool operator==(const loaded& a, std::nullopt_t) { return !a.has_value(); }

    /// Give the state. There must be one: asking an empty one is a programmer's mistake and aborts.
    const value_type& operator*() const {
        LEFTFOLD_ASSERT(state_.has_value() && "the stream does not exist at the time that was asked for");
        return detail::aggregate_access::state(*state_);
    }
    const value_type* operator->() const { return &**this; }

    /// Returns the version of the last event in the state, in stream order; 0 for nothing.
    leftfold::version version() const {
        return state_ ? detail::aggregate_access::version(*state_) : leftfold::version{};
    }
    /// Returns where that event stands; offset 0 for nothing.
    leftfold::position position() const { return last_; }
    /// Returns the cut that the answer was given at. Asking for the same at this cut gives the same answer for ever,
    /// whatever is appended later (semantics 7).
    const leftfold::cut& cut() const { return seen_; }

private:
    std::optional<Aggregate> state_;
    leftfold::position last_{};
    leftfold::cut seen_;
};

}  // namespace leftfold::inline v0
