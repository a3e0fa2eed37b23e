#pragma once
// Reads a described value from JSON.

#include <array>
#include <concepts>
#include <exception>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "leftfold/framework/codec_error.hpp"
#include "leftfold/framework/codec_kinds.hpp"
#include "leftfold/framework/detail/json_reader.hpp"
#include "leftfold/framework/detail/json_writer.hpp"

namespace leftfold::inline v0 {
namespace detail {

template <class T>
void read(json_reader& in, T& value);

template <class T, class Descriptor>
constexpr member_reader member_reader_for() {
    check_member<T, Descriptor>();
    return {std::string_view{member_key<Descriptor>.data(), member_key<Descriptor>.size()},
            [](json_reader& in, void* object) { detail::read(in, static_cast<T*>(object)->*Descriptor::pointer); }};
}

/// The reader's table for a struct: constant, one per type.
template <class T>
struct struct_table {
    template <class... Stored>
    static constexpr auto members_of(boost::mp11::mp_list<Stored...>) {
        if constexpr (sizeof...(Stored) > struct_members_max)
            (void)sizeof(this_type_has_more_than_64_described_members_split_it_into_nested_structs<T>);
        return std::array<member_reader, sizeof...(Stored)>{member_reader_for<T, Stored>()...};
    }
    template <class... Stored>
    static constexpr std::uint64_t required_of(boost::mp11::mp_list<Stored...>) {
        std::uint64_t required = 0;
        std::uint64_t bit = 1;
        (((is_optional<member_type<Stored>>::value || may_be_missing<T, Stored>()) ? 0 : required |= bit, bit <<= 1),
         ...);
        return required;
    }

    template <class Descriptor>
    using is_working_memory = is_transient<member_type<Descriptor>>;
    using stored =
        boost::mp11::mp_remove_if<boost::mp11::mp_rename<member_list<T>, boost::mp11::mp_list>, is_working_memory>;

    static constexpr auto members = members_of(stored{});
    static constexpr struct_reader table{members.data(), members.size(), required_of(stored{}), is_closed<T>()};
};

template <class T>
void read_integer(json_reader& in, T& value) {
    if constexpr (std::is_signed_v<T>)
        value = static_cast<T>(in.integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    else
        value = static_cast<T>(in.natural(std::numeric_limits<T>::max()));
}

template <class T>
void read_enumerator(json_reader& in, T& value) {
    const char* const place = in.place();
    std::string name;
    in.string(name);
    const auto found = enumerator_value<T>(name);
    if (!found) in.fail_wanted(place, "the name of an enumerator");
    value = *found;
}

template <class T>
void read_sequence(json_reader& in, T& values) {
    values.clear();
    for (array_cursor cursor{in}; cursor.next();) {
        if constexpr (requires {
                          { values.emplace_back() } -> std::same_as<typename T::value_type&>;
                      }) {
            detail::read(in, values.emplace_back());
        } else {
            typename T::value_type value{};
            detail::read(in, value);
            values.push_back(std::move(value));
        }
    }
}

template <class T>
void read_array(json_reader& in, T& values) {
    array_cursor cursor{in};
    while (cursor.next()) {
        if (cursor.count() > values.size()) in.fail("is one element too many for an array of fixed size");
        detail::read(in, values[cursor.count() - 1]);
    }
    if (cursor.count() < values.size()) in.fail("is missing in an array of fixed size");
}

template <class T>
void read_map(json_reader& in, T& values) {
    values.clear();
    for (map_cursor cursor{in}; cursor.next();) {
        const auto [place, is_new] = values.try_emplace(cursor.key());
        if (!is_new) in.fail("stands twice in the same object");
        detail::read(in, place->second);
    }
}

template <class T>
void read_bytes(json_reader& in, T& values) {
    std::string bytes;
    in.bytes(bytes);
    values.clear();
    for (const char byte : bytes) values.push_back(static_cast<std::byte>(byte));
}

template <class T>
void read_represented(json_reader& in, T& value) {
    typename stored_form<T>::type stored{};
    detail::read(in, stored);
    try {
        value = stored_form<T>::from(std::move(stored));
    } catch (const std::exception& refusal) {
        in.fail(std::string{"is refused by its type: "} + refusal.what());
    }
}

template <class... Ts>
void read_variant(json_reader& in, std::variant<Ts...>& value) {
    if constexpr (!tags_differ<Ts...>())
        (void)sizeof(two_alternatives_of_this_variant_have_the_same_tag<std::variant<Ts...>>);
    if constexpr ((std::same_as<Ts, std::monostate> || ...)) {
        if (in.null()) {
            value = std::monostate{};
            return;
        }
    }
    path_scope here{in.path()};
    const std::string tag{in.open_alternative()};
    here.member(tag);
    const auto read_if = [&]<class T>(std::type_identity<T>) {
        if constexpr (std::same_as<T, std::monostate>) {
            return false;
        } else {
            if (tag != variant_tag<T>()) return false;
            detail::read(in, value.template emplace<T>());
            return true;
        }
    };
    if (!(read_if(std::type_identity<Ts>{}) || ...)) in.fail("is not the tag of an alternative");
    in.close_alternative();
}

template <class T>
void read(json_reader& in, T& value) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::boolean) {
        value = in.boolean();
    } else if constexpr (as == kind::integer) {
        read_integer(in, value);
    } else if constexpr (std::same_as<T, double>) {
        value = in.number();
    } else if constexpr (std::same_as<T, float>) {
        value = in.small_number();
    } else if constexpr (as == kind::string) {
        in.string(value);
    } else if constexpr (as == kind::bytes) {
        read_bytes(in, value);
    } else if constexpr (as == kind::raw) {
        value.text = in.raw();
    } else if constexpr (as == kind::nothing) {
        if (!in.null()) in.fail_wanted(in.place(), "null");
    } else if constexpr (as == kind::represented) {
        read_represented(in, value);
    } else if constexpr (as == kind::enumeration) {
        read_enumerator(in, value);
    } else if constexpr (as == kind::optional) {
        if constexpr (may_be_null<typename T::value_type>::value)
            (void)sizeof(an_optional_cannot_hold_what_is_written_as_null<T>);
        if (in.null())
            value.reset();
        else
            detail::read(in, value.emplace());
    } else if constexpr (as == kind::sequence) {
        read_sequence(in, value);
    } else if constexpr (as == kind::array) {
        read_array(in, value);
    } else if constexpr (as == kind::map) {
        read_map(in, value);
    } else if constexpr (as == kind::time) {
        value = T{typename T::duration{in.time(T::duration::period::den)}};
    } else if constexpr (as == kind::duration) {
        typename T::rep count{};
        read_integer(in, count);
        value = T{count};
    } else if constexpr (as == kind::variant) {
        read_variant(in, value);
    } else if constexpr (as == kind::structure) {
        in.structure(struct_table<T>::table, &value);
    } else {
        (void)sizeof(this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<T>);
    }
}

}  // namespace detail

/// Reads a T from JSON and returns it.
///
/// Strict where an event must not be guessed: a missing required member, a member twice, a wrong type, a number out of
/// range and text after the value are errors. Tolerant where events evolve: order of members and white space do not
/// matter, unknown members are ignored unless T says `static constexpr bool closed = true`, and members that are
/// `std::optional` or named in `may_be_missing` may be absent. docs/codec.md lists what each C++ type reads.
///
/// Throws decode_error with the place and the reason. May be called from any thread. Costs one pass over the text and
/// the allocations of the value itself.
template <class T>
T decode_json(std::string_view json, const decode_limits& limits = {}) {
    T fresh{};
    detail::json_reader reader{json, event_type_of<T>(), limits};
    detail::read(reader, fresh);
    reader.finish();
    return fresh;
}

}  // namespace leftfold::inline v0
