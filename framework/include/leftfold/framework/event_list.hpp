#pragma once
// What every list of event types is held to, whoever lists them: aggregates, deciders, projections.

#include <cstddef>
#include <string_view>
#include <type_traits>

#include "leftfold/framework/describe.hpp"

namespace leftfold::inline v0 {

/// Names event types that are skipped on purpose.
///
///     class account : public leftfold::aggregate<account, opened, deposited> {
///         using ignored = leftfold::ignores<audited>;
///
/// An event of the stream that is neither listed nor ignored is errc::unknown_event_type: nothing is skipped silently.
/// An ignored type needs its durable name only, so a type whose code is gone is one line:
/// `struct audited { static constexpr auto event_type = "bank.audited"; };`
template <class... Events>
struct ignores {};

namespace detail {

template <class... Events>
struct event_list {};

// Never defined: their names are the message when a list of events is wrong.
template <class Event>
struct event_has_no_durable_name_give_it_a_static_constexpr_event_type;
template <class Event>
struct event_is_not_described_use_BOOST_DESCRIBE_STRUCT;
template <class... Events>
struct two_of_these_events_have_the_same_event_type;

template <class... Events>
consteval bool names_differ() {
    const std::string_view names[] = {std::string_view{}, std::string_view{Events::event_type}...};
    for (std::size_t i = 1; i <= sizeof...(Events); ++i)
        for (std::size_t j = 1; j < i; ++j)
            if (names[i] == names[j]) return false;
    return true;
}

template <class Event>
consteval bool check_event() {
    if constexpr (!has_event_type<Event>)
        return sizeof(event_has_no_durable_name_give_it_a_static_constexpr_event_type<Event>) != 0;
    else if constexpr (!described<Event>)
        return sizeof(event_is_not_described_use_BOOST_DESCRIBE_STRUCT<Event>) != 0;
    else
        return true;
}

/// Is true, or does not compile, and the first line says why.
template <class... Events>
consteval bool check_events() {
    const bool each = (check_event<Events>() && ...);
    if constexpr ((has_event_type<Events> && ...)) {
        if constexpr (!names_differ<Events...>())
            return sizeof(two_of_these_events_have_the_same_event_type<Events...>) != 0;
    }
    return each;
}

template <class... Events>
constexpr bool is_ignored(ignores<Events...>, std::string_view type) {
    return ((type == std::string_view{Events::event_type}) || ...);
}

/// Whether T says that it ignores events of that type.
template <class T>
constexpr bool ignored_by(std::string_view type) {
    if constexpr (requires { typename T::ignored; })
        return is_ignored(typename T::ignored{}, type);
    else
        return type.data() == nullptr;
}

}  // namespace detail
}  // namespace leftfold::inline v0
