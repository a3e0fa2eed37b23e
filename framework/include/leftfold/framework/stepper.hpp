#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/framework/diff.hpp"
#include "leftfold/framework/repository.hpp"

namespace leftfold::inline v0 {

/// Walks through an aggregate's history in both directions: at each step the event, the state that it made, and what it
/// changed.
///
///     leftfold::stepper<account> at{accounts, "alice"};
///     while (at.forward()) show(at.event().type, at.changes());
///     while (at.back()) …
///
/// Begins before the first event, unless told otherwise, and ends where the stream ended when it was made. Stepping
/// costs nothing but at every 64th step, where the next 64 states are folded from the snapshot before them; these are
/// what is in memory, so the aggregate must be copyable.
///
/// A step may throw what loading may, and then was not made. One thread at a time; the repository must outlive it.
template <class Aggregate>
class stepper {
public:
    using value_type = detail::kept_state<Aggregate>;  ///< the aggregate; for a decider its State

    /// Stands at `at`, or at the end when the history ends before.
    stepper(repository<Aggregate>& of, std::string_view key, leftfold::version at = {})
        : repository_(&of), key_(key), last_(of.history(key).last()) {
        go_to(at);
    }

    /// Go one event on, or back. Return false, and stay, at the end, or before the first event.
    bool forward() { return at_ < last_ && go_to(at_.next()); }
    bool back() { return at_ > leftfold::version{} && go_to(at_.plus(-1)); }

    /// Goes to a version, or to the end when that comes first. Returns whether it stands elsewhere than before.
    bool go_to(leftfold::version to) {
        if (to > last_) to = last_;
        if (to < leftfold::version{}) to = {};
        load(to);
        return std::exchange(at_, to) != to;
    }

    /// Returns the version of the state; 0 before the first event.
    leftfold::version version() const { return at_; }
    /// Returns the version at which the history ends.
    leftfold::version last() const { return last_; }

    /// Returns the state. Valid until the next step.
    const value_type& state() const { return states_[index()]; }
    /// Returns the event that made the state. Before the first event there is none: asking is a programmer's mistake
    /// and aborts. Valid until the next step.
    const recorded_event& event() const {
        LEFTFOLD_ASSERT(at_ > leftfold::version{} && "no event made the state before the first");
        return events_[index() - 1];
    }
    /// Returns what the event changed; nothing before the first event.
    std::vector<change> changes() const {
        return index() == 0 ? std::vector<change>{} : diff(states_[index() - 1], states_[index()]);
    }

private:
    static constexpr std::int64_t block = 64;

    std::size_t index() const { return static_cast<std::size_t>(at_.value() - first_.value()); }

    /// Folds the block of states that holds `wanted` and, but for version 0, the one before it.
    void load(leftfold::version wanted) {
        const leftfold::version first{wanted.value() == 0 ? 0 : (wanted.value() - 1) / block * block};
        if (first == first_ && !states_.empty()) return;
        auto story = repository_->since(key_, first);
        std::vector<value_type> states{story.state()};
        std::vector<recorded_event> events;
        while (story.version() < last_ && events.size() < block && story.next()) {
            states.push_back(story.state());
            events.emplace_back(story.event());
        }
        first_ = first;
        states_ = std::move(states);
        events_ = std::move(events);
    }

    repository<Aggregate>* repository_;
    std::string key_;
    leftfold::version at_{};
    leftfold::version last_{};
    leftfold::version first_{};           // of states_
    std::vector<value_type> states_;      // of versions first_, first_ + 1, …
    std::vector<recorded_event> events_;  // that made them, but for the first
};

}  // namespace leftfold::inline v0
