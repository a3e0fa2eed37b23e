#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/framework/events_of.hpp"

namespace leftfold::inline v0 {

namespace detail {

// Never defined: their names are the message when a free function is missing.
template <class State, class Event>
struct found_no_evolve_for;
template <class State, class Command>
struct found_no_decide_for;

}  // namespace detail

/// Makes an aggregate of a plain struct and two free functions, for those who like decisions better as functions:
///
///     struct cart { static constexpr auto category = "cart"; int items{}; };
///     item_added decide(const cart& state, const add_item& command);
///     cart evolve(cart state, const item_added& event);
///
///     leftfold::repository<leftfold::decider<cart, item_added, checked_out>> carts{store};
///     carts.execute("c-1", add_item{"book"});
///     carts.load("c-1")->items;
///
/// `decide(const State&, const Command&)` returns what happened: an event, a std::variant or std::optional of events, a
/// range of them, or nothing (`void`, std::monostate, an empty range); it throws to refuse. `evolve` either takes a
/// State by value or const reference and returns the next one, or takes `State&` and changes it. Both are found beside
/// State, event or command, by argument-dependent lookup. Category, `revision` and `ignored` are those of State.
///
/// Everything else is said of aggregate.
template <class State, class... Events>
class decider : public aggregate<decider<State, Events...>, Events...> {
public:
    static constexpr auto category = State::category;

    const State& state() const { return state_; }

    /// Decides on a command and raises what comes of it. In place of a command, takes a function of `const State&` that
    /// returns events as `decide` does.
    template <class Command>
    void handle(const Command& command) {
        if constexpr (std::invocable<const Command&, const State&>)
            raise_all([&] { return command(std::as_const(state_)); });
        else if constexpr (requires { decide(std::as_const(state_), command); })
            raise_all([&] { return decide(std::as_const(state_), command); });
        else
            (void)sizeof(detail::found_no_decide_for<State, Command>);
    }

private:
    friend aggregate<decider, Events...>;
    friend struct detail::aggregate_access;

    template <class Decision>
    void raise_all(Decision&& decision) {
        if constexpr (std::is_void_v<decltype(decision())>)
            decision();
        else
            detail::for_each_event(decision(), [this]<class Event>(Event&& event) {
                this->template raise<std::remove_cvref_t<Event>>(std::forward<Event>(event));
            });
    }

    template <class Event>
    void apply(const Event& event) {
        if constexpr (requires { State{evolve(std::move(state_), event)}; })
            state_ = evolve(std::move(state_), event);
        else if constexpr (requires { evolve(state_, event); })
            evolve(state_, event);
        else
            (void)sizeof(detail::found_no_evolve_for<State, Event>);
    }

    State state_{};
};

}  // namespace leftfold::inline v0
