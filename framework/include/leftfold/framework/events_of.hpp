#pragma once
// What a function may return where events are wanted.

#include <type_traits>
#include <utility>
#include <variant>

#include "leftfold/framework/describe.hpp"

namespace leftfold::inline v0::detail {

// Never defined: its name is the message.
template <class T>
struct this_is_no_event_and_nothing_that_holds_events;

template <class T>
struct holds_one_of : std::false_type {};
template <class... Ts>
struct holds_one_of<std::variant<Ts...>> : std::true_type {};

/// Whether the events in what was returned are nobody else's: a container that came by value, and neither a view nor a
/// reference to one. What is not owned is copied: it may be wanted again, since a lost race is decided anew.
template <class Returned>
concept owns_events = !std::is_reference_v<Returned> && !std::is_const_v<Returned> && requires {
    typename Returned::allocator_type;
};

/// Gives `take` each event in what a function returned, in order: the event itself, the one in a variant, the one in an
/// optional if there is one, or those of a range of such. A monostate is no event.
template <class Returned, class Take>
void for_each_event(Returned&& returned, Take&& take) {
    using type = std::remove_cvref_t<Returned>;
    if constexpr (std::is_same_v<type, std::monostate>) {
        return;
    } else if constexpr (has_event_type<type>) {
        take(std::forward<Returned>(returned));
    } else if constexpr (holds_one_of<type>::value) {
        std::visit([&](auto&& one) { for_each_event(std::forward<decltype(one)>(one), take); },
                   std::forward<Returned>(returned));
    } else if constexpr (requires { returned.has_value() ? &*returned : nullptr; }) {
        if (returned.has_value()) for_each_event(*std::forward<Returned>(returned), take);
    } else if constexpr (requires {
                             returned.begin();
                             returned.end();
                         }) {
        for (auto&& one : returned) {
            if constexpr (owns_events<Returned>)
                for_each_event(std::move(one), take);
            else
                for_each_event(std::as_const(one), take);
        }
    } else {
        (void)sizeof(this_is_no_event_and_nothing_that_holds_events<type>);
    }
}

}  // namespace leftfold::inline v0::detail
