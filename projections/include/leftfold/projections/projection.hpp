#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/event_list.hpp"
#include "leftfold/framework/fingerprint.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/sql_table.hpp"
#include "leftfold/projections/table.hpp"

namespace leftfold::inline v0 {

/// As a projection's `ignored`: whatever is not listed does not concern it. New event types are passed over without a
/// word.
struct ignores_others {};

namespace detail {

// What the compiler prints in its first line when a part of a projection is missing.
template <class Projection, class Event>
struct projection_has_no_accessible_on_for;
template <class Projection>
struct projection_needs_a_static_constexpr_projection_name;
template <class Projection>
struct projection_with_shared_rows_can_only_stop_and_not_park_keys;

template <class Projection, class Event>
concept takes_event_with_place = requires(Projection& of, const Event& event, const recorded& at) {
    of.on(event, at);
};
template <class Projection, class Event>
concept takes_event_alone = requires(Projection& of, const Event& event) {
    of.on(event);
};

template <class Projection, class Event>
concept prefetches_with_place = requires(Projection& of, const Event& event, const recorded& at) {
    of.prefetch(event, at);
};
template <class Projection, class Event>
concept prefetches_alone = requires(Projection& of, const Event& event) {
    of.prefetch(event);
};

template <class Event>
void decode_event(std::string_view payload, void* to) {
    ::new (to) Event(codec<Event>::decode(payload));
}
template <class Event>
void destroy_event(void* event) {
    static_cast<Event*>(event)->~Event();
}

/// Gives an event to its `on`.
template <class Projection, class Event>
void call_on(projection_base& on, const void* decoded, const recorded& at) {
    auto& of = static_cast<Projection&>(on);
    const auto& event = *static_cast<const Event*>(decoded);
    if constexpr (takes_event_with_place<Projection, Event>)
        of.on(event, at);
    else if constexpr (takes_event_alone<Projection, Event>)
        of.on(event);
}

/// Gives an event to its `prefetch`.
template <class Projection, class Event>
void call_prefetch(projection_base& on, const void* decoded, const recorded& at) {
    auto& of = static_cast<Projection&>(on);
    const auto& event = *static_cast<const Event*>(decoded);
    if constexpr (prefetches_with_place<Projection, Event>)
        of.prefetch(event, at);
    else
        of.prefetch(event);
}

template <class Projection, class Event>
constexpr event_handler handler_of() {
    event_handler made{
        std::string_view{Event::event_type}, sizeof(Event), alignof(Event), &decode_event<Event>, &destroy_event<Event>,
        &call_on<Projection, Event>,         nullptr};
    if constexpr (prefetches_with_place<Projection, Event> || prefetches_alone<Projection, Event>)
        made.prefetch = &call_prefetch<Projection, Event>;
    return made;
}

template <class Projection, class Event>
constexpr void check_on() {
    if constexpr (!takes_event_with_place<Projection, Event> && !takes_event_alone<Projection, Event>)
        (void)sizeof(projection_has_no_accessible_on_for<Projection, Event>);
}

template <class Projection>
constexpr std::int64_t revision_of() {
    if constexpr (requires { Projection::revision; })
        return Projection::revision;
    else
        return 1;
}

template <class Projection>
inline constexpr auto categories_of = [] {
    if constexpr (requires { Projection::categories; }) {
        return Projection::categories;
    } else if constexpr (requires { std::string_view{Projection::category}; }) {
        return std::array<std::string_view, 1>{Projection::category};
    } else {
        return std::array<std::string_view, 0>{};
    }
}();

template <class Projection>
constexpr bool ignores_event(std::string_view type) {
    if constexpr (!requires { typename Projection::ignored; })
        return false;
    else if constexpr (std::is_same_v<typename Projection::ignored, ignores_others>)
        return true;
    else
        return is_ignored(typename Projection::ignored{}, type);
}

template <class Projection>
constexpr bool takes_only_its_own() {
    if constexpr (requires { typename Projection::ignored; })
        return std::is_same_v<typename Projection::ignored, ignores_others>;
    else
        return false;
}

template <class Projection>
constexpr bool shares_rows() {
    if constexpr (requires { Projection::shared_rows; })
        return Projection::shared_rows;
    else
        return false;
}

template <class Projection>
constexpr failure_policy on_failure_of() {
    if constexpr (requires { Projection::on_failure; }) {
        if constexpr (Projection::on_failure == failure_policy::park_key && shares_rows<Projection>())
            (void)sizeof(projection_with_shared_rows_can_only_stop_and_not_park_keys<Projection>);
        return Projection::on_failure;
    } else {
        return failure_policy::stop;
    }
}

template <class Projection>
constexpr leftfold::order order_of() {
    if constexpr (requires {
                      requires std::is_same_v<std::remove_cvref_t<decltype(Projection::order)>, leftfold::order>;
                  })
        return Projection::order;
    else
        return leftfold::order::log;
}

/// Sums up what the fold reads: names and shapes of events, and the revision.
template <class Projection, class... Events>
consteval std::uint64_t fold_shape() {
    shape_hash hash;
    ((hash.text(std::string_view{Events::event_type}), hash.text("="), hash.number(fingerprint<Events>()),
      hash.text(";")),
     ...);
    hash.number(static_cast<std::uint64_t>(revision_of<Projection>()));
    return hash.value();
}

template <class Projection, class... Events>
struct projection_type_of {
    static constexpr std::array<event_handler, sizeof...(Events)> handlers{handler_of<Projection, Events>()...};
    static constexpr projection_type type{Projection::projection_name,
                                          handlers,
                                          categories_of<Projection>,
                                          &ignores_event<Projection>,
                                          takes_only_its_own<Projection>() ? others::skipped : others::refused,
                                          on_failure_of<Projection>(),
                                          order_of<Projection>(),
                                          fold_shape<Projection, Events...>()};
};

}  // namespace detail

/// The base of a projection: folds events of the whole store, in the store's own order, into tables.
///
///     class balances : public leftfold::projection<balances, opened, deposited, withdrawn> {
///     public:
///         static constexpr auto projection_name = "balances";
///         leftfold::table<balance, &balance::account> rows{*this, "balances", {.history = true}};
///         void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
///         …
///
/// `Derived` has a public `on(const Event&, const recorded&)`, or `on(const Event&)`, for each event of the list, a
/// durable `projection_name`, and may have
///   - `static constexpr auto category = "account"`, or an array `categories`: it then reads no other;
///   - `static constexpr int revision = 2`, raised when `on` does something else than before: the model is then folded
///     anew from the first event. A changed list of events or a changed row does that by itself;
///   - `static constexpr auto order = leftfold::order::per_partition`: see there;
///   - `static constexpr auto on_failure = leftfold::failure_policy::park_key`: see there. One whose rows belong to no
///     single stream says `static constexpr bool shared_rows = true`, and then cannot choose that;
///   - a public `prefetch(const Event&, const recorded&)`, or `prefetch(const Event&)`, for some of the events, which
///     names the rows that `on` will look up: see table::prefetch.
///
/// An event of a type that is not listed stops the projection; it is never skipped silently. Name the types that do not
/// concern it with `using ignored = leftfold::ignores<audited>;`, or all that are not listed, those of the future
/// included, with `using ignored = leftfold::ignores_others;`.
///
/// `on` must depend on nothing but its arguments and the projection's tables: no clock, no network, no members beside
/// the tables. So a fold can be repeated at any time, and gives the same rows.
///
/// The engine makes the instances and calls `on` of one from one thread at a time. A projection is neither copied nor
/// moved.
template <class Derived, class... Events>
class projection : public projection_base {
protected:
    projection() : projection_base(type()) {}
    ~projection() override = default;

private:
    static constexpr const detail::projection_type& type() {
        if constexpr (!requires { std::string_view{Derived::projection_name}; }) {
            (void)sizeof(detail::projection_needs_a_static_constexpr_projection_name<Derived>);
        } else {
            static_assert(detail::check_events<Events...>());
            (detail::check_on<Derived, Events>(), ...);
            return detail::projection_type_of<Derived, Events...>::type;
        }
    }
};

}  // namespace leftfold::inline v0
