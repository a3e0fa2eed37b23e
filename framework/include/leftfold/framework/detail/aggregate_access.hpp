#pragma once
// The framework's way into an aggregate. Nothing here is for users.

#include <utility>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/framework/decider.hpp"

namespace leftfold::inline v0::detail {

struct aggregate_access {
    template <class Derived, class... Events>
    static event_list<Events...> events(const aggregate<Derived, Events...>&);

    /// The class that the user's derives from: what a layout check leaves out.
    template <class Derived, class... Events>
    static aggregate<Derived, Events...> base(const aggregate<Derived, Events...>&);

    template <class Derived, class... Events, class Event>
    static void apply(aggregate<Derived, Events...>& target, const Event& event) {
        target.fold(event);
    }
    template <class Derived, class... Events>
    static leftfold::version version(const aggregate<Derived, Events...>& target) {
        return target.version_;
    }
    template <class Derived, class... Events>
    static void set_version(aggregate<Derived, Events...>& target, leftfold::version to) {
        target.version_ = to;
    }
    template <class Derived, class... Events>
    static auto take_pending(aggregate<Derived, Events...>& target) {
        return std::exchange(target.pending_, {});
    }

    /// What is kept of an aggregate and shown to its users: all of it; of a decider its State.
    template <class Derived>
    static Derived& state(Derived& target) {
        return target;
    }
    template <class State, class... Events>
    static State& state(decider<State, Events...>& target) {
        return target.state_;
    }
    template <class State, class... Events>
    static const State& state(const decider<State, Events...>& target) {
        return target.state_;
    }
};

template <class T>
struct kept_state_of {
    using type = T;
};
template <class State, class... Events>
struct kept_state_of<decider<State, Events...>> {
    using type = State;
};
template <class Aggregate>
using kept_state = typename kept_state_of<Aggregate>::type;

template <class Aggregate>
using events_of = decltype(aggregate_access::events(std::declval<const Aggregate&>()));

/// Whether a decision is a function of a decider's State, which returns events.
template <class Aggregate, class Decision>
concept decides_on_state = !std::is_same_v<kept_state<Aggregate>, Aggregate> &&
                           std::is_invocable_v<const Decision&, const kept_state<Aggregate>&>;

/// Lets a decision work on an aggregate: a function is called with it, or with the State of a decider, which comes
/// first where either would do (`[](const auto& cart) { … }`); a command is handled by it.
template <class Aggregate, class Decision, class... Arguments>
void decide_on(Aggregate& target, Decision&& decision, Arguments&&... arguments) {
    if constexpr (sizeof...(Arguments) == 0 && decides_on_state<Aggregate, std::remove_cvref_t<Decision>>)
        target.handle(decision);
    else if constexpr (std::is_invocable_v<Decision&, Aggregate&, Arguments...>)
        decision(target, std::forward<Arguments>(arguments)...);
    else
        target.handle(decision, std::forward<Arguments>(arguments)...);
}

}  // namespace leftfold::inline v0::detail
