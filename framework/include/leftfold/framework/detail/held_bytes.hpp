#pragma once
// How much memory a described value holds. The walk mirrors codec_walk.hpp: what is stored is what is counted.

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "leftfold/framework/codec_kinds.hpp"

namespace leftfold::inline v0::detail {

/// What an allocator spends on a block beside what was asked for, and a tree on a node: near enough for all of them.
inline constexpr std::size_t block_overhead = 16;
inline constexpr std::size_t node_overhead = 4 * sizeof(void*) + block_overhead;

/// Returns the bytes that the value has on the heap, its own size not counted.
template <class T>
std::size_t heap_bytes(const T& value);

/// Says whether values of T have nothing on the heap, whatever they are.
template <class T>
consteval bool is_flat() {
    constexpr kind as = kind_of<T>();
    return as == kind::boolean || as == kind::integer || as == kind::number || as == kind::enumeration ||
           as == kind::time || as == kind::duration || as == kind::nothing || std::same_as<T, std::byte>;
}

inline std::size_t heap_bytes_of_string(const std::string& text) {
    return text.capacity() < sizeof(std::string) / 2 ? 0 : text.capacity() + 1 + block_overhead;
}

template <class T>
std::size_t heap_bytes_of_elements(const T& elements) {
    using element = typename T::value_type;
    std::size_t bytes = 0;
    if constexpr (requires { elements.capacity(); })
        bytes = elements.capacity() == 0 ? 0 : elements.capacity() * sizeof(element) + block_overhead;
    else if constexpr (kind_of<T>() != kind::array)
        bytes = elements.size() * (sizeof(element) + node_overhead);
    if constexpr (!is_flat<element>())
        for (const element& each : elements) bytes += heap_bytes<element>(each);
    return bytes;
}

template <class T>
std::size_t heap_bytes_of_map(const T& map) {
    std::size_t bytes = map.size() * (sizeof(typename T::value_type) + node_overhead);
    for (const auto& [key, value] : map) bytes += heap_bytes_of_string(key) + heap_bytes(value);
    return bytes;
}

template <class T>
std::size_t heap_bytes(const T& value) {
    constexpr kind as = kind_of<T>();
    if constexpr (is_flat<T>()) {
        return 0;
    } else if constexpr (as == kind::string) {
        return heap_bytes_of_string(value);
    } else if constexpr (as == kind::raw) {
        return heap_bytes_of_string(value.text);
    } else if constexpr (as == kind::optional) {
        return value ? heap_bytes(*value) : 0;
    } else if constexpr (as == kind::sequence || as == kind::bytes || as == kind::array) {
        return heap_bytes_of_elements(value);
    } else if constexpr (as == kind::map) {
        return heap_bytes_of_map(value);
    } else if constexpr (as == kind::variant) {
        return value.valueless_by_exception()
                   ? 0
                   : std::visit([](const auto& alternative) { return heap_bytes(alternative); }, value);
    } else if constexpr (as == kind::represented) {
        return heap_bytes<typename stored_form<T>::type>(stored_form<T>::to(value));
    } else if constexpr (as == kind::structure) {
        std::size_t bytes = 0;
        for_each_member(value, [&](auto, const auto& member) { bytes += heap_bytes(member); });
        return bytes;
    } else {
        return 0;  // what cannot be stored: the codec says so, and names it
    }
}

/// A state that counts its bytes itself.
template <class State>
concept counts_own_bytes = requires(const State& state) {
    { state.resident_bytes() } -> std::convertible_to<std::size_t>;
};

/// Says whether the bytes of states can be counted. What is transient may be anything.
template <class State>
consteval bool is_countable() {
    if constexpr (counts_own_bytes<State>)
        return true;
    else if constexpr (described<State>)
        return with_descriptors(static_cast<member_list<State>*>(nullptr), []<class... Descriptors>() {
            return (!is_transient<member_type<Descriptors>>::value && ...);
        });
    else
        return false;
}

/// Whether states of an aggregate can be kept in memory. Asks whether they are countable first: of what is not, the
/// type may lie when it says that it can be copied.
template <class Aggregate, class State>
inline constexpr bool can_stay = is_countable<State>() && std::is_copy_assignable_v<Aggregate>;

/// Returns the memory that a state takes: its own word where it has one, else its size and what it has on the heap.
template <class State>
std::size_t held_bytes(const State& state) {
    if constexpr (counts_own_bytes<State>)
        return static_cast<std::size_t>(state.resident_bytes());
    else if constexpr (described<State>)
        return sizeof(State) + heap_bytes(state);
    else
        return sizeof(State);
}

}  // namespace leftfold::inline v0::detail
