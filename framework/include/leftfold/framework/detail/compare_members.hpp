#pragma once
// Two values of one described type side by side. The walk mirrors codec_walk.hpp: what is stored is what is compared.

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "leftfold/framework/change.hpp"
#include "leftfold/framework/detail/shown.hpp"

namespace leftfold::inline v0::detail {

/// Collects differences, and knows where it is.
class change_list {
public:
    template <class T>
    void changed(const T& before, const T& after) {
        changes_.push_back({to_string(path_), shown(before), shown(after)});
    }
    template <class T>
    void only_before(const T& value) {
        changes_.push_back({to_string(path_), shown(value), std::nullopt});
    }
    template <class T>
    void only_after(const T& value) {
        changes_.push_back({to_string(path_), std::nullopt, shown(value)});
    }

    const path_link*& path() { return path_; }
    std::vector<change> take() { return std::move(changes_); }

private:
    const path_link* path_ = nullptr;
    std::vector<change> changes_;
};

template <class T>
void compare(change_list& out, const T& before, const T& after);

/// Whether a member of a struct is in its JSON.
template <class T>
bool is_written(const T& member) {
    if constexpr (is_optional<T>::value)
        return member.has_value();
    else
        return true;
}

/// A member without a value is not written at all; an element without one is written as null.
template <class T>
void compare_or_one(change_list& out, const T& before, const T& after) {
    if constexpr (is_optional<T>::value) {
        if (before && !after) return out.only_before(before);
        if (after && !before) return out.only_after(after);
    }
    compare(out, before, after);
}

template <class T, class Descriptor>
void compare_member(change_list& out, path_scope& here, const T& before, const T& after) {
    check_member<T, Descriptor>();
    using member = member_type<Descriptor>;
    if constexpr (!is_transient<member>::value) {
        here.member(Descriptor::name);
        compare_or_one<member>(out, before.*Descriptor::pointer, after.*Descriptor::pointer);
    }
}

template <class T>
void compare_structs(change_list& out, const T& before, const T& after) {
    path_scope here{out.path()};
    with_descriptors(static_cast<member_list<T>*>(nullptr),
                     [&]<class... Descriptors>() { (compare_member<T, Descriptors>(out, here, before, after), ...); });
}

template <class T>
void compare_elements(change_list& out, const T& before, const T& after) {
    using element = typename T::value_type;
    path_scope here{out.path()};
    auto old = before.begin();
    auto now = after.begin();
    std::size_t index = 0;
    for (; old != before.end() && now != after.end(); ++old, ++now) {
        here.element(index++);
        compare<element>(out, *old, *now);
    }
    for (; old != before.end(); ++old) {
        here.element(index++);
        out.only_before<element>(*old);
    }
    for (; now != after.end(); ++now) {
        here.element(index++);
        out.only_after<element>(*now);
    }
}

template <class T>
void compare_maps(change_list& out, const T& before, const T& after) {
    path_scope here{out.path()};
    for (const auto& [key, value] : before) {
        here.member(key);
        if (const auto now = after.find(key); now != after.end())
            compare(out, value, now->second);
        else
            out.only_before(value);
    }
    for (const auto& [key, value] : after) {
        here.member(key);
        if (before.find(key) == before.end()) out.only_after(value);
    }
}

template <class T>
void compare_variants(change_list& out, const T& before, const T& after) {
    if (before.index() != after.index()) return out.changed(before, after);
    if (before.valueless_by_exception()) return;
    path_scope here{out.path()};
    const auto compare_alternative = [&]<class A>(const A& now) {
        if constexpr (!std::same_as<A, std::monostate>) {
            here.member(variant_tag<A>());
            compare(out, *std::get_if<A>(&before), now);
        }
    };
    std::visit(compare_alternative, after);
}

/// Whether two values that are shown without going into them are the same.
template <class T>
bool same_leaf(const T& before, const T& after) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::number)
        return (before == after && signbit_of(before) == signbit_of(after)) || (is_nan(before) && is_nan(after));
    else if constexpr (as == kind::raw)
        return before.text == after.text;
    else if constexpr (as == kind::enumeration)  // whose == may be the user's
        return static_cast<std::underlying_type_t<T>>(before) == static_cast<std::underlying_type_t<T>>(after);
    else
        return before == after;  // integers, text, bytes and times
}

template <class T>
void compare(change_list& out, const T& before, const T& after) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::structure) {
        compare_structs(out, before, after);
    } else if constexpr (as == kind::optional) {
        if (before && after)
            compare(out, *before, *after);
        else if (before || after)
            out.changed(before, after);
    } else if constexpr (as == kind::sequence || as == kind::array) {
        compare_elements(out, before, after);
    } else if constexpr (as == kind::map) {
        compare_maps(out, before, after);
    } else if constexpr (as == kind::variant) {
        compare_variants(out, before, after);
    } else if constexpr (as == kind::represented) {
        using stored = typename stored_form<T>::type;
        const stored old = stored_form<T>::to(before);
        const stored now = stored_form<T>::to(after);
        compare<stored>(out, old, now);
    } else if constexpr (as == kind::nothing) {
        return;
    } else if constexpr (as == kind::unsupported) {
        (void)sizeof(this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<T>);
    } else {
        if (!same_leaf(before, after)) out.changed(before, after);
    }
}

}  // namespace leftfold::inline v0::detail
