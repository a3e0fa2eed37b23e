#pragma once
// Which C++ types can be stored, and as what. One classification serves the reader, the writer, the printer and the
// fingerprint, so that they cannot disagree.

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "leftfold/framework/describe.hpp"
#include "leftfold/framework/raw_json.hpp"
#include "leftfold/framework/stored_form.hpp"

namespace leftfold::inline v0::detail {

enum class kind {
    unsupported,
    boolean,
    integer,
    number,
    string,
    bytes,
    raw,
    enumeration,
    optional,
    sequence,
    array,
    map,
    time,
    duration,
    variant,
    nothing,
    represented,
    structure,
};

template <class T>
concept stored_integer =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t> && sizeof(T) <= 8;

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct is_array : std::false_type {};
template <class T, std::size_t N>
struct is_array<std::array<T, N>> : std::true_type {};

template <class T>
struct is_variant : std::false_type {};
template <class... Ts>
struct is_variant<std::variant<Ts...>> : std::true_type {};

// The containers and clocks are known by what they can do, so that this header includes none of theirs.
template <class T>
concept string_map = requires(T map, std::string key) {
    typename T::mapped_type;
    requires std::same_as<typename T::key_type, std::string>;
    map.try_emplace(std::move(key)).second;
};

template <class T>
concept growing_sequence = requires(T sequence, typename T::value_type element) {
    sequence.push_back(std::move(element));
    sequence.clear();
    sequence.begin();
};

template <class T>
concept byte_sequence = growing_sequence<T> && std::same_as<typename T::value_type, std::byte>;

template <class Period>
concept decimal_period = Period::num == 1 && (Period::den == 1 || Period::den == 1'000 || Period::den == 1'000'000 ||
                                              Period::den == 1'000'000'000);

template <class T>
concept system_time = requires(T time) {
    T::clock::from_time_t(0);
    time.time_since_epoch().count();
    requires stored_integer<typename T::duration::rep>;
    requires sizeof(typename T::duration::rep) == 8;
    requires decimal_period<typename T::duration::period>;
};

template <class T>
concept integer_duration = requires(T duration) {
    typename T::period;
    duration.count();
    requires stored_integer<typename T::rep>;
};

/// Returns what T is stored as. Looks at T only, not at what it is made of.
template <class T>
consteval kind kind_of() {
    if constexpr (has_stored_form<T>) return kind::represented;
    if constexpr (std::same_as<T, bool>) return kind::boolean;
    if constexpr (stored_integer<T>) return kind::integer;
    if constexpr (std::same_as<T, double> || std::same_as<T, float>) return kind::number;
    if constexpr (std::same_as<T, std::string>) return kind::string;
    if constexpr (std::same_as<T, raw_json>) return kind::raw;
    if constexpr (std::same_as<T, std::monostate>) return kind::nothing;
    if constexpr (described_enum<T>) return kind::enumeration;
    if constexpr (is_optional<T>::value) return kind::optional;
    if constexpr (is_array<T>::value) return kind::array;
    if constexpr (is_variant<T>::value) return kind::variant;
    if constexpr (system_time<T>) return kind::time;
    if constexpr (integer_duration<T>) return kind::duration;
    if constexpr (described<T>) return kind::structure;
    if constexpr (string_map<T>) return kind::map;
    if constexpr (byte_sequence<T>) return kind::bytes;
    if constexpr (growing_sequence<T> && !std::same_as<T, std::string>) return kind::sequence;
    return kind::unsupported;
}

template <class T>
concept structure = kind_of<T>()
== kind::structure;

/// Says whether a T may be written as `null`. An optional cannot hold such a T: the two would be one on paper.
template <class T>
struct may_be_null
    : std::bool_constant<kind_of<T>() == kind::optional || kind_of<T>() == kind::raw || kind_of<T>() == kind::nothing> {
};
template <has_stored_form T>
struct may_be_null<T> : may_be_null<typename stored_form<T>::type> {};
template <class... Ts>
struct may_be_null<std::variant<Ts...>> : std::bool_constant<(std::same_as<Ts, std::monostate> || ...)> {};

// Never defined: their names are what a user reads when a type cannot be stored, on the first line of the compiler's
// message and with the offending type or member as argument.
template <class T>
struct this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE;
template <auto Member>
struct the_type_of_this_member_cannot_be_stored_describe_it_with_BOOST_DESCRIBE;
template <class T>
struct an_optional_cannot_hold_what_is_written_as_null;
template <class T>
struct an_alternative_of_a_variant_needs_a_static_constexpr_tag;
template <class T>
struct two_alternatives_of_this_variant_have_the_same_tag;
template <class T>
struct this_type_has_more_than_64_described_members_split_it_into_nested_structs;

template <class T, class Descriptor>
consteval void check_member() {
    using member = member_type<Descriptor>;
    if constexpr (!is_transient<member>::value && kind_of<member>() == kind::unsupported)
        (void)sizeof(the_type_of_this_member_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<Descriptor::pointer>);
}

/// The most described members of one struct, those of its bases included: one bit each in a word.
inline constexpr std::size_t struct_members_max = 64;

/// Returns the name of an enumerator, or an empty name if `value` is none of those described.
template <described_enum T>
constexpr std::string_view enumerator_name(T value) {
    using list = boost::describe::describe_enumerators<T>;
    return with_descriptors(static_cast<list*>(nullptr), [&]<class... Descriptors>() {
        std::string_view name;
        (void)((value == Descriptors::value && (name = Descriptors::name, true)) || ...);
        return name;
    });
}

/// Returns the enumerator of a name, or nothing if none has it.
template <described_enum T>
constexpr std::optional<T> enumerator_value(std::string_view name) {
    using list = boost::describe::describe_enumerators<T>;
    return with_descriptors(static_cast<list*>(nullptr), [&]<class... Descriptors>() {
        std::optional<T> value;
        (void)((name == Descriptors::name && (value = Descriptors::value, true)) || ...);
        return value;
    });
}

/// The name by which an alternative of a variant is known in stored data: its `tag`, else its `event_type`.
template <class T>
constexpr std::string_view variant_tag() {
    if constexpr (requires { std::string_view{T::tag}; })
        return std::string_view{T::tag};
    else if constexpr (has_event_type<T>)
        return std::string_view{T::event_type};
    else
        (void)sizeof(an_alternative_of_a_variant_needs_a_static_constexpr_tag<T>);
}

template <class... Ts>
consteval bool tags_differ() {
    const std::string_view tags[] = {[] {
        if constexpr (std::same_as<Ts, std::monostate>)
            return std::string_view{};
        else
            return variant_tag<Ts>();
    }()...};
    for (std::size_t i = 0; i < sizeof...(Ts); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (tags[i] == tags[j]) return false;
    return true;
}

}  // namespace leftfold::inline v0::detail
