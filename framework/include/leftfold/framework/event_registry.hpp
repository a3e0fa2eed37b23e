#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/event_list.hpp"
#include "leftfold/framework/events_of.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// An event as it is stored: its durable name and its payload. The envelope (id, position, version, both times,
/// headers) is no part of it and stays as it is.
struct raw_event {
    std::string type{};
    std::string payload{};

    friend bool operator==(const raw_event&, const raw_event&) = default;
};

/// Knows which durable name is which event type, and how events that were stored long ago become events of today.
///
///     leftfold::event_registry events;
///     events.add<opened, deposited>();
///     events.rename("bank.paid_in", "bank.deposited");
///     events.upcast<deposited_v1>([](const deposited_v1& old) { return deposited{old.euros * 100}; });
///     leftfold::repository<account> accounts{store, {.events = events}};
///
/// Stored events never change: they are translated when they are read. A translation leads from one durable name to
/// others, step by step, until no step is left (v1 → v2 → v3); one event may become several, all of which share the
/// stored one's envelope. docs/event_evolution.md has the whole story.
///
/// A name means one thing: current event, old name, or something to upcast. Whatever claims it a second time throws
/// errc::name_collision, so that an application with two events of one name does not start.
///
/// A value: repositories and engines keep a copy, and later changes do not reach it. Reading is safe from any thread,
/// and calls upcasters from many at once, of the same event as often as it is folded: they depend on nothing but the
/// event, and change nothing.
class event_registry {
public:
    using upcaster = std::function<std::vector<raw_event>(const raw_event&)>;

    /// The most steps that one stored event may take. Over it, errc::invalid_event: the steps run in a circle.
    static constexpr int steps_max = 64;

    /// Registers current event types under their durable names. Registering the same type again does nothing.
    template <class... Events>
    event_registry& add() {
        static_assert(detail::check_events<Events...>());
        (add_type(std::string_view{Events::event_type}, typeid(Events), type_name<Events>()), ...);
        return *this;
    }

    /// Says that events stored as `old_name` are those called `name` now.
    event_registry& rename(std::string old_name, std::string name);

    /// Says what a stored event becomes: `f` takes a `const From&` and returns an event, or a variant, an optional or a
    /// range of events (an empty one drops it). `From` is a described struct with the old durable name.
    template <class From, class F>
    event_registry& upcast(F f) {
        static_assert(detail::check_events<From>());
        return upcast(std::string{From::event_type}, [f = std::move(f)](const raw_event& stored) {
            std::vector<raw_event> made;
            detail::for_each_event(f(codec<From>::decode(stored.payload)), [&]<class To>(const To& event) {
                raw_event next{.type = std::string{To::event_type}};
                codec<To>::encode(event, next.payload);
                made.push_back(std::move(next));
            });
            return made;
        });
    }

    /// The same on bytes: for payloads that no struct describes any more.
    event_registry& upcast(std::string name, upcaster f);

    /// Gives `take` what a stored event is today: itself, as a rule.
    using taker = function_ref<void(std::string_view type, std::string_view payload)>;
    void translate(std::string_view type, std::string_view payload, taker take) const;

    /// Returns every stored name that may become one of `names`, `names` included: what a reader must ask the log for
    /// to see all of them. Upcasters do not say where they lead, so every name that has one is among the result.
    std::vector<std::string> stored_names(const std::vector<std::string>& names) const;

    /// Returns a number that changes with every rename and upcaster: part of each snapshot's fingerprint.
    std::uint64_t fingerprint() const;

private:
    struct rule {
        std::string name;
        std::string now{};    ///< for a renamed event
        upcaster step{};      ///< for one that is upcast
        std::string meaning;  ///< for people: what claimed the name
        const std::type_info* type = nullptr;

        bool translates() const { return type == nullptr; }
    };

    void add_type(std::string_view name, const std::type_info& type, std::string_view cpp_name);
    void claim(rule made);
    const rule* find(std::string_view name) const;
    void step(std::string_view type, std::string_view payload, taker take, int steps) const;

    std::vector<rule> rules_;  // sorted by name
    bool translates_ = false;
};

}  // namespace leftfold::inline v0
