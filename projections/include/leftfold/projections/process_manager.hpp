#pragma once

#include <array>
#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/event_list.hpp"
#include "leftfold/projections/process_base.hpp"
#include "leftfold/projections/process_events.hpp"
#include "leftfold/projections/reaction.hpp"
#include "leftfold/projections/recorded.hpp"
#include "leftfold/projections/running_process.hpp"

namespace leftfold::inline v0 {

namespace detail {

// What the compiler prints in its first line when a part of a process is missing.
template <class Process, class Event>
struct process_has_no_accessible_correlate_for;
template <class Process, class Event>
struct process_has_neither_apply_nor_react_for;
template <class Process, class Event>
struct react_must_be_const_the_state_changes_in_apply;
template <class Process>
struct process_needs_a_static_constexpr_process_name;
template <class Process>
struct process_must_be_copyable;

struct process_access;

}  // namespace detail

/// The base of a process manager: follows one thing through events of several aggregates, and reacts to them with
/// commands and deadlines.
///
///     class dispatch : public leftfold::process_manager<dispatch, ride_requested, offer_accepted> {
///     public:
///         static constexpr auto process_name = "dispatch";
///         using deadlines = leftfold::deadlines<no_answer>;
///
///         static std::string correlate(const ride_requested&, const leftfold::recorded& at) { return at.key(); }
///         static std::string correlate(const offer_accepted& e) { return e.ride; }
///
///         void apply(const offer_accepted&) { is_accepted_ = true; }
///         void react(const ride_requested& e, reaction& then) const {
///             then.execute<driver>(e.nearest, [ride = then.key()](driver& d) { d.offer(ride); });
///             then.schedule(30s, no_answer{});
///         }
///         …
///
/// An instance is what has happened under one key. `correlate(const Event&)`, or `correlate(const Event&, const
/// recorded&)`, is static and names it: a std::string that is a valid stream key, or a std::optional of one, where
/// nothing means that the event concerns no instance.
///
/// `apply(const Event&)`, or `apply(const Event&, const recorded&)`, takes note: it changes the state and nothing else,
/// and depends on its arguments and the state alone, as an aggregate's does. It runs again each time that the program
/// starts. `react(const Event&, reaction&) const` then decides: it reads the state and asks for commands and deadlines.
/// It runs once for an event, in the order of the log, and again only when the program died before all that it had
/// asked for was done; what was done then is not done twice. Each event has one of the two, or both. So has each
/// message named in `deadlines`, which comes back to the instance that scheduled it; and command_refused, if the class
/// wants to hear that an aggregate refused: without one, a refusal stops the process.
///
/// `bool is_finished() const`, if it is there, says after an event that this instance is over: it is forgotten, and its
/// deadlines are cancelled. A later event of that key finds a new instance.
///
/// Events that are not listed do not concern a process. Derived is default-constructible and copyable. All of these may
/// be private with `friend process_manager;`.
template <class Derived, class... Events>
class process_manager : public process_base {
public:
    using reaction = leftfold::reaction<Derived>;

    process_manager() { static_cast<void>(type()); }

private:
    friend struct detail::process_access;

    template <class Event>
    static constexpr bool notes_with_place = requires(Derived& of, const Event& event, const recorded& at) {
        of.apply(event, at);
    };
    template <class Event>
    static constexpr bool notes_alone = requires(Derived& of, const Event& event) {
        of.apply(event);
    };
    template <class Event>
    static constexpr bool reacts = requires(const Derived& of, const Event& event, reaction& then) {
        of.react(event, then);
    };
    template <class Event>
    static constexpr bool reacts_and_changes = requires(Derived& of, const Event& event, reaction& then) {
        of.react(event, then);
    };
    template <class Event>
    static constexpr bool takes = notes_with_place<Event> || notes_alone<Event> || reacts<Event>;

    template <class Event>
    static constexpr void check_handler() {
        if constexpr (!reacts<Event> && reacts_and_changes<Event>)
            (void)sizeof(detail::react_must_be_const_the_state_changes_in_apply<Derived, Event>);
        else if constexpr (!takes<Event>)
            (void)sizeof(detail::process_has_neither_apply_nor_react_for<Derived, Event>);
    }

    template <class Event>
    static std::optional<std::string> key_of(const Event& event, const recorded& at) {
        if constexpr (requires { std::optional<std::string>(Derived::correlate(event, at)); })
            return Derived::correlate(event, at);
        else if constexpr (requires { std::optional<std::string>(Derived::correlate(event)); })
            return Derived::correlate(event);
        else
            return (void)sizeof(detail::process_has_no_accessible_correlate_for<Derived, Event>), std::nullopt;
    }

    template <class Event>
    static void handle(process_base& to, const Event& event, const recorded& at, detail::delivery& by) {
        auto& of = static_cast<Derived&>(to);
        if constexpr (notes_with_place<Event>)
            of.apply(event, at);
        else if constexpr (notes_alone<Event>)
            of.apply(event);
        if constexpr (reacts<Event>) {
            auto* const asked = by.asked();
            if (asked == nullptr) return;
            reaction then(*asked);
            static_cast<const Derived&>(of).react(event, then);
        }
    }

    template <class Event>
    static void deliver_event(std::string_view payload, const recorded& at, detail::delivery& by) {
        const auto event = codec<Event>::decode(payload);
        if (const auto key = key_of(event, at)) handle(by.instance(*key), event, at, by);
    }
    template <class Message>
    static void deliver_message(std::string_view payload, const recorded& at, detail::delivery& by) {
        handle(by.instance(at.key()), codec<Message>::decode(payload), at, by);
    }

    static std::unique_ptr<process_base> make() { return std::make_unique<Derived>(); }
    static std::unique_ptr<process_base> copy(const process_base& of) {
        if constexpr (!std::copy_constructible<Derived>)
            return (void)sizeof(detail::process_must_be_copyable<Derived>), nullptr;
        else
            return std::make_unique<Derived>(static_cast<const Derived&>(of));
    }
    static bool is_over(const process_base& of) {
        if constexpr (requires(const Derived& done) { bool(done.is_finished()); })
            return static_cast<const Derived&>(of).is_finished();
        else
            return false;
    }

    template <class... Messages>
    static std::span<const detail::process_handler> messages(deadlines<Messages...>) {
        static_assert(detail::check_events<Messages...>());
        (check_handler<Messages>(), ...);
        if constexpr (takes<command_refused> || reacts_and_changes<command_refused>) {
            check_handler<command_refused>();
            static constexpr std::array<detail::process_handler, sizeof...(Messages) + 1> all{
                detail::process_handler{Messages::event_type, &deliver_message<Messages>}...,
                detail::process_handler{command_refused::event_type, &deliver_message<command_refused>}};
            return all;
        } else {
            static constexpr std::array<detail::process_handler, sizeof...(Messages)> all{
                detail::process_handler{Messages::event_type, &deliver_message<Messages>}...};
            return all;
        }
    }

    static const detail::process_type& type() {
        if constexpr (!requires { std::string_view{Derived::process_name}; }) {
            (void)sizeof(detail::process_needs_a_static_constexpr_process_name<Derived>);
        } else {
            static_assert(detail::check_events<Events...>());
            (check_handler<Events>(), ...);
            static constexpr std::array<detail::process_handler, sizeof...(Events)> events{
                detail::process_handler{Events::event_type, &deliver_event<Events>}...};
            static const detail::process_type made{Derived::process_name,
                                                   events,
                                                   messages(typename detail::deadlines_of<Derived>::type{}),
                                                   &make,
                                                   &copy,
                                                   &is_over};
            return made;
        }
    }
};

namespace detail {

/// The way into a process class for the engine.
struct process_access {
    template <class Process>
    static const process_type& type() {
        return Process::type();
    }
};

template <class Process>
const process_type& process_type_of() {
    return process_access::type<Process>();
}

}  // namespace detail
}  // namespace leftfold::inline v0
