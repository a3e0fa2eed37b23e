#pragma once
// One walk over any value that can be stored. What it meets it tells to a sink: json_writer for storage, text_writer
// for people. The code it makes is straight-line: no tables, no look-ups.

#include "leftfold/framework/codec_kinds.hpp"
#include "leftfold/framework/detail/codec_path.hpp"

namespace leftfold::inline v0::detail {

template <class Sink, class T>
void walk(Sink& sink, const T& value);

template <class Sink, class T, class Descriptor>
void walk_member(Sink& sink, const T& value, path_scope& here, bool& is_first) {
    check_member<T, Descriptor>();
    using member = member_type<Descriptor>;
    if constexpr (!is_transient<member>::value) {
        const member& stored = value.*Descriptor::pointer;
        if constexpr (is_optional<member>::value) {
            if (!stored) return;
        }
        here.member(Descriptor::name);
        sink.template member<Descriptor>(is_first);
        is_first = false;
        walk(sink, stored);
    }
}

template <class Sink, class T>
void walk_struct(Sink& sink, const T& value) {
    path_scope here{sink.path()};
    sink.template open_struct<T>();
    bool is_first = true;
    with_descriptors(static_cast<member_list<T>*>(nullptr), [&]<class... Descriptors>() {
        (walk_member<Sink, T, Descriptors>(sink, value, here, is_first), ...);
    });
    sink.close_struct(is_first);
}

template <class Sink, class T>
void walk_elements(Sink& sink, const T& values) {
    path_scope here{sink.path()};
    std::size_t index = 0;
    sink.open_array();
    for (const auto& value : values) {
        if (index != 0) sink.separator();
        here.element(index++);
        walk<Sink, typename T::value_type>(sink, value);
    }
    sink.close_array();
}

template <class Sink, class T>
void walk_map(Sink& sink, const T& values) {
    path_scope here{sink.path()};
    bool is_first = true;
    sink.open_map();
    for (const auto& [key, value] : values) {
        if (!is_first) sink.separator();
        is_first = false;
        here.member(key);
        sink.map_key(key);
        walk(sink, value);
    }
    sink.close_map();
}

template <class Sink, class... Ts>
void walk_variant(Sink& sink, const std::variant<Ts...>& value) {
    if constexpr (!tags_differ<Ts...>())
        (void)sizeof(two_alternatives_of_this_variant_have_the_same_tag<std::variant<Ts...>>);
    if (value.valueless_by_exception()) return sink.fail("is a variant that lost its value to an exception");
    path_scope here{sink.path()};
    const auto write = [&]<class T>(const T& alternative) {
        if constexpr (std::same_as<T, std::monostate>) {
            sink.null();
        } else {
            here.member(variant_tag<T>());
            sink.open_alternative(variant_tag<T>());
            walk(sink, alternative);
            sink.close_alternative();
        }
    };
    std::visit(write, value);
}

template <class Sink, class T>
void walk(Sink& sink, const T& value) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::boolean) {
        sink.boolean(value);
    } else if constexpr (as == kind::integer) {
        if constexpr (std::is_signed_v<T>)
            sink.integer(static_cast<std::int64_t>(value));
        else
            sink.integer(static_cast<std::uint64_t>(value));
    } else if constexpr (as == kind::number) {
        sink.number(value);
    } else if constexpr (as == kind::string) {
        sink.string(value);
    } else if constexpr (as == kind::bytes) {
        sink.bytes(value);
    } else if constexpr (as == kind::raw) {
        sink.raw(value.text);
    } else if constexpr (as == kind::nothing) {
        sink.null();
    } else if constexpr (as == kind::represented) {
        walk<Sink, typename stored_form<T>::type>(sink, stored_form<T>::to(value));
    } else if constexpr (as == kind::enumeration) {
        const std::string_view name = enumerator_name(value);
        if (name.data() == nullptr) return sink.fail("is not one of its type's enumerators");
        sink.name(name);
    } else if constexpr (as == kind::optional) {
        if constexpr (may_be_null<typename T::value_type>::value)
            (void)sizeof(an_optional_cannot_hold_what_is_written_as_null<T>);
        if (value)
            walk(sink, *value);
        else
            sink.null();
    } else if constexpr (as == kind::sequence || as == kind::array) {
        walk_elements(sink, value);
    } else if constexpr (as == kind::map) {
        walk_map(sink, value);
    } else if constexpr (as == kind::time) {
        sink.time(static_cast<std::int64_t>(value.time_since_epoch().count()), T::duration::period::den);
    } else if constexpr (as == kind::duration) {
        walk(sink, value.count());
    } else if constexpr (as == kind::variant) {
        walk_variant(sink, value);
    } else if constexpr (as == kind::structure) {
        walk_struct(sink, value);
    } else {
        (void)sizeof(this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<T>);
    }
}

}  // namespace leftfold::inline v0::detail
