#pragma once
// Finds the member that somebody forgot to describe.

#include <cstddef>
#include <type_traits>

#include "leftfold/framework/describe.hpp"

namespace leftfold::inline v0 {
namespace detail {

struct no_base {};

// std::max would bring <algorithm>: a tenth of what repository.hpp costs to compile.
constexpr std::size_t larger(std::size_t one, std::size_t other) { return one < other ? other : one; }

/// The size of a class that holds the described members of T, in order, from `start` on.
template <class T, class... Descriptors>
constexpr std::size_t laid_out_size(std::size_t start, std::size_t alignment) {
    std::size_t size = start;
    const auto round_up = [](std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; };
    ((size = round_up(size, alignof(member_type<Descriptors>)) + sizeof(member_type<Descriptors>),
      alignment = larger(alignment, alignof(member_type<Descriptors>))),
     ...);
    return larger(round_up(size, alignment), alignment);
}

// Never defined: its name is what a user reads.
template <class T>
struct this_type_has_a_member_that_is_not_described_describe_it_or_wrap_it_in_leftfold_transient;

}  // namespace detail

/// Says whether the described members of T, after a base class `Base` that describes itself or is known to hold no
/// state of T's, account for all of T's size. A forgotten member that fits into padding is not seen.
///
/// T's bases, if any, are described, or are `Base`. For members declared public first, then protected, then private, as
/// Boost.Describe lists them; a class in another order may be refused although nothing is missing.
template <class T, class Base = detail::no_base>
consteval bool describes_whole_layout() {
    using own_members = boost::describe::describe_members<T, boost::describe::mod_any_access>;
    using bases = boost::describe::describe_bases<T, boost::describe::mod_any_access>;
    return detail::with_descriptors(static_cast<own_members*>(nullptr), []<class... Descriptors>() {
        // A base's tail padding may be used for members, or not: any start within it is accepted.
        std::size_t alignment = alignof(Base);
        std::size_t end = std::is_empty_v<Base> ? 0 : sizeof(Base);
        std::size_t padding = std::is_empty_v<Base> ? 0 : alignof(Base) - 1;
        detail::with_descriptors(static_cast<bases*>(nullptr), [&]<class... Bases>() {
            [[maybe_unused]] const auto add = [&]<class B>(std::type_identity<B>) {
                if (std::is_empty_v<B>) return;
                end = (end + alignof(B) - 1) / alignof(B) * alignof(B) + sizeof(B);
                alignment = detail::larger(alignment, alignof(B));
                padding = detail::larger(padding, alignof(B) - 1);
            };
            (add(std::type_identity<typename Bases::type>{}), ...);
        });
        if (std::is_polymorphic_v<T> && end == 0) {
            end = sizeof(void*);
            alignment = detail::larger(alignment, alignof(void*));
        }
        for (std::size_t start = end - (padding < end ? padding : end); start <= end; ++start)
            if (detail::laid_out_size<T, Descriptors...>(start, alignment) == sizeof(T)) return true;
        return false;
    });
}

/// Refuses to compile, with one line that names T and the way out, unless T describes all its members.
template <class T, class Base = detail::no_base>
consteval void check_layout() {
    if constexpr (!describes_whole_layout<T, Base>())
        (void)sizeof(
            detail::this_type_has_a_member_that_is_not_described_describe_it_or_wrap_it_in_leftfold_transient<T>);
}

}  // namespace leftfold::inline v0
