#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/event_list.hpp"
#include "leftfold/projections/reactor_options.hpp"
#include "leftfold/projections/recorded.hpp"

namespace leftfold::inline v0 {

/// An event on its way to the outside world, and the name of what it causes there.
class effect {
public:
    effect(std::string key, const recorded& at) : key_(std::move(key)), at_(at) {}

    /// Names the effect for ever: reactor, partition, offset, and a part of the hash of the log up to there, as in
    /// `mails:2:17:9f3a01bc77d2e640`. The other side keeps the keys that it has seen, and passes over one that comes
    /// again. A store that was restored and went another way gives other keys.
    const std::string& key() const { return key_; }
    /// Says where the event stands, whose it is and when it was recorded.
    const recorded& at() const { return at_; }

private:
    std::string key_;
    const recorded& at_;
};

/// What every reactor is, whatever its events.
class reactor_base {
public:
    virtual ~reactor_base() = default;
    reactor_base(const reactor_base&) = delete;
    reactor_base& operator=(const reactor_base&) = delete;

protected:
    reactor_base() = default;
};

namespace detail {

// What the compiler prints in its first line when a part of a reactor is missing.
template <class Reactor, class Event>
struct reactor_has_no_accessible_on_for;
template <class Reactor>
struct reactor_needs_a_static_constexpr_reactor_name;

/// What to do with one type of event.
struct effect_handler {
    std::string_view type;
    void (*have)(reactor_base& of, std::string_view payload, const effect& at);
};

/// What a reactor declares, without its type.
struct reactor_type {
    std::string_view name;
    std::span<const effect_handler> handlers;
};

struct reactor_access {
    template <class Reactor>
    static const reactor_type& type() {
        return Reactor::type();
    }
};

}  // namespace detail

/// The base of a reactor: does something in the outside world for each event, a mail, a call, a line in a file.
///
///     class mails : public leftfold::reactor<mails, ride_completed> {
///     public:
///         static constexpr auto reactor_name = "mails";
///         explicit mails(mailer& by) : by_(by) {}
///         void on(const ride_completed& e, const leftfold::effect& at) { by_.send(at.key(), e.rider, …); }
///         …
///
/// Derived has `on(const Event&, const effect&)` for each event of the list, public or open to `friend reactor`, and a
/// durable `reactor_name`. Events that are not listed do not concern it.
///
/// First comes the effect, then the note that it was had. So each effect is had at least once, in the order of the log;
/// once more when the program died between the two, or when `on` threw after it had done something. effect::key() is
/// then the same. A reactor is never run to build anything again.
///
/// The engine makes the one instance and calls `on` from one thread at a time. `on` may block: nothing that is folded
/// waits for it. What comes after in this reactor does, orders to it do, and so does stopping the engine.
template <class Derived, class... Events>
class reactor : public reactor_base {
private:
    friend struct detail::reactor_access;

    template <class Event>
    static void have(reactor_base& of, std::string_view payload, const effect& at) {
        static_cast<Derived&>(of).on(codec<Event>::decode(payload), at);
    }
    template <class Event>
    static constexpr void check_on() {
        if constexpr (!requires(Derived & of, const Event& event, const effect& at) { of.on(event, at); })
            (void)sizeof(detail::reactor_has_no_accessible_on_for<Derived, Event>);
    }

    static const detail::reactor_type& type() {
        if constexpr (!requires { std::string_view{Derived::reactor_name}; }) {
            (void)sizeof(detail::reactor_needs_a_static_constexpr_reactor_name<Derived>);
        } else {
            static_assert(detail::check_events<Events...>());
            (check_on<Events>(), ...);
            static constexpr std::array<detail::effect_handler, sizeof...(Events)> handlers{
                detail::effect_handler{Events::event_type, &have<Events>}...};
            static const detail::reactor_type made{Derived::reactor_name, handlers};
            return made;
        }
    }

protected:
    reactor() { static_cast<void>(type()); }
};

namespace detail {

template <class Reactor>
const reactor_type& reactor_type_of() {
    return reactor_access::type<Reactor>();
}

}  // namespace detail
}  // namespace leftfold::inline v0
