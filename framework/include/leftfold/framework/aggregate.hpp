#pragma once
// The domain's side of the framework: what a user derives from. It pulls in no storage engine, no JSON and no Boost
// but Describe, so that domain code compiles quickly and depends on nothing else.

#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "leftfold/framework/event_list.hpp"
#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

namespace detail {

struct aggregate_access;

// Never defined: their names are the message when an aggregate is incomplete.
template <class Aggregate>
struct aggregate_has_no_category_give_it_a_static_constexpr_category;
template <class Aggregate, class Event>
struct aggregate_has_no_accessible_apply_for;
template <class Aggregate, class Event>
struct aggregate_does_not_list_the_event_that_it_raises;

}  // namespace detail

/// Holds the state of one thing of the domain, changed only by its own events.
///
///     class account : public leftfold::aggregate<account, opened, deposited> {
///     public:
///         static constexpr auto category = "account";
///         void deposit(std::int64_t cents) { raise(deposited{cents}); }
///     private:
///         friend aggregate;
///         void apply(const opened&) {}
///         void apply(const deposited& e) { balance_ += e.cents; }
///         std::int64_t balance_{};
///     };
///
/// Derived has a `category` (the kind of stream it lives in; names.hpp has the rule), a default constructor (the state
/// before the first event) and one `apply` for each of Events, public or open to `friend aggregate`. Its own functions
/// check the rules and `raise` what happened. `apply` only takes note: it must not refuse, decide or raise, because it
/// sees events of long ago, and on the occurred axis in another order than they were recorded (semantics 6). A changed
/// meaning of `apply` wants a new `static constexpr int revision`, so that snapshots of the old meaning are dropped.
///
/// Each of Events is a described struct with a durable name of its own; what is missing is one line from the compiler.
/// An aggregate is a plain value without locks: one thread at a time.
template <class Derived, class... Events>
class aggregate {
public:
    /// Any one of the events.
    using any_event = std::variant<Events...>;

    // Public, because a class whose members are all public is made as a C++ aggregate, base first.
    aggregate() {
        if constexpr (!requires { std::string_view{Derived::category}; })
            (void)sizeof(detail::aggregate_has_no_category_give_it_a_static_constexpr_category<Derived>);
        (check_apply<Events>(), ...);
    }
    aggregate(const aggregate&) = default;
    aggregate(aggregate&&) noexcept = default;
    aggregate& operator=(const aggregate&) = default;
    aggregate& operator=(aggregate&&) noexcept = default;
    ~aggregate() = default;

    /// Returns the version of the last stored event in this state; 0 when there is none. Pending events do not count.
    leftfold::version version() const { return version_; }

    /// Returns what was raised and is not stored yet, in order.
    const std::vector<any_event>& pending() const { return pending_; }

protected:
    /// Says that `happened` has happened: applies it to the state and keeps it as pending. Calling it inside `apply` is
    /// a programmer's mistake and aborts.
    template <class Event>
    void raise(Event happened) {
        if constexpr (!(std::is_same_v<Event, Events> || ...)) {
            (void)sizeof(detail::aggregate_does_not_list_the_event_that_it_raises<Derived, Event>);
        } else {
            fold(happened);
            pending_.emplace_back(std::in_place_type<Event>, std::move(happened));
        }
    }

private:
    friend struct detail::aggregate_access;
    static_assert(detail::check_events<Events...>());

    template <class Event>
    static constexpr void check_apply() {
        if constexpr (!requires(Derived & state, const Event& happened) { state.apply(happened); })
            (void)sizeof(detail::aggregate_has_no_accessible_apply_for<Derived, Event>);
    }

    template <class Event>
    void fold(const Event& happened) {
        LEFTFOLD_ASSERT(!applying_ && "apply() must not raise events");
        const struct scope {
            bool& flag;
            ~scope() { flag = false; }
        } applying{applying_ = true};
        static_cast<Derived&>(*this).apply(happened);
    }

    std::vector<any_event> pending_;
    leftfold::version version_{};
    bool applying_ = false;
};

}  // namespace leftfold::inline v0
