#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "leftfold/framework/detail/stream_walk.hpp"

namespace leftfold::inline v0 {

/// The states that an aggregate went through, each with the event that made it, in version order: what
/// repository::history and repository::since return.
///
///     for (const auto& [state, event] : accounts.history("alice"))
///         print(event.recorded, event.type, state.balance());
///
/// Lazy: a page of 256 events is read when it is needed, one state is in memory at a time, and nothing of the store is
/// held in between. Its end is fixed when it is made; what is appended later is not in it. An event that the aggregate
/// ignores, or that an upcaster drops, is a step that changes nothing.
///
/// Going on may throw what loading may. One thread at a time; independent of the repository, and of others.
template <class Aggregate>
class history {
public:
    using value_type = detail::kept_state<Aggregate>;  ///< the aggregate; for a decider its State

    /// A state and the event that made it. Both belong to the history, and are good until it moves on.
    struct step {
        const value_type& state;
        const event_view& event;
    };

    explicit history(std::unique_ptr<detail::stream_walk> walk) : walk_(std::move(walk)) { walk_->begin(*now_); }

    /// Moves on to the next event. Returns false, and stays, when there is none.
    bool next() { return walk_->next(*now_); }

    /// Returns the state after the last event that next() reached; before the first call, the one that the history
    /// begins with.
    const value_type& state() const { return detail::aggregate_access::state(now_->look(walk_->version())); }
    /// Returns the last event that next() reached. Asking before there is one is a programmer's mistake and aborts.
    const event_view& event() const { return walk_->event(); }

    /// Returns the version of the state, in stream order; 0 before the stream's first event.
    leftfold::version version() const { return walk_->version(); }
    /// Returns the version at which the history ends: for a progress bar.
    leftfold::version last() const { return walk_->last(); }

    /// For a range-for over what is left, once.
    class iterator {
    public:
        explicit iterator(history& of) : of_(&of) {}
        step operator*() const { return {of_->state(), of_->event()}; }
        iterator& operator++() {
            if (!of_->next()) of_ = nullptr;
            return *this;
        }
        bool operator==(std::nullptr_t) const { return of_ == nullptr; }

    private:
        history* of_;
    };
    iterator begin() { return ++iterator{*this}; }
    std::nullptr_t end() const { return nullptr; }

private:
    std::unique_ptr<detail::typed_subject<Aggregate>> now_ = std::make_unique<detail::typed_subject<Aggregate>>();
    std::unique_ptr<detail::stream_walk> walk_;
};

}  // namespace leftfold::inline v0
