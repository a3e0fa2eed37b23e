#pragma once
// From a path to the member that it names: once by types alone, to refuse what no value of the type can have, and then
// in one value after another.

#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include "leftfold/framework/codec_kinds.hpp"
#include "leftfold/framework/member_path.hpp"

namespace leftfold::inline v0::detail {

using path_parts = const std::vector<member_path::part>&;

/// Throws errc::invalid_argument: `path` names nothing at its part `depth`, where there is `kind`.
[[noreturn]] void refuse_part(const member_path& path, std::size_t depth, std::string_view kind,
                              std::string_view has = {});

/// Calls `take.operator()<Member>()` with the type that the path names in every T.
template <class T, class Take>
void with_type_at(const member_path& path, std::size_t depth, Take&& take) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::represented) {
        return with_type_at<typename stored_form<T>::type>(path, depth, take);
    } else if constexpr (as == kind::optional) {
        return with_type_at<typename T::value_type>(path, depth, take);
    } else {
        if (depth == path.parts().size()) return take.template operator()<T>();
        const auto& part = path.parts()[depth];
        if constexpr (as == kind::structure) {
            std::string names;
            bool found = false;
            with_descriptors(static_cast<member_list<T>*>(nullptr), [&]<class... Descriptors>() {
                [[maybe_unused]] const auto look = [&]<class Descriptor>(Descriptor) {
                    if constexpr (!is_transient<member_type<Descriptor>>::value) {
                        (names += names.empty() ? "" : ", ") += Descriptor::name;
                        if (found || part.is_index || part.name != Descriptor::name) return;
                        found = true;
                        with_type_at<member_type<Descriptor>>(path, depth + 1, take);
                    }
                };
                (look(Descriptors{}), ...);
            });
            if (!found) refuse_part(path, depth, "a struct", names);
        } else if constexpr (as == kind::variant) {
            std::string tags;
            bool found = false;
            const auto look = [&]<class A>(std::type_identity<A>) {
                if constexpr (!std::same_as<A, std::monostate>) {
                    (tags += tags.empty() ? "" : ", ") += variant_tag<A>();
                    if (found || part.is_index || part.name != variant_tag<A>()) return;
                    found = true;
                    with_type_at<A>(path, depth + 1, take);
                }
            };
            [&]<class... As>(const std::variant<As...>*) {
                (look(std::type_identity<As>{}), ...);
            }(static_cast<const T*>(nullptr));
            if (!found) refuse_part(path, depth, "a variant", tags);
        } else if constexpr (as == kind::sequence || as == kind::array) {
            if (!part.is_index) refuse_part(path, depth, "an array");
            with_type_at<typename T::value_type>(path, depth + 1, take);
        } else if constexpr (as == kind::map) {
            if (part.is_index) refuse_part(path, depth, "a map");
            with_type_at<typename T::mapped_type>(path, depth + 1, take);
        } else {
            refuse_part(path, depth, "a value without members");
        }
    }
}

/// Calls `take(member)` with what the path names in `value`. Does nothing when it is not there: an optional without
/// value, an index beyond the end, a key that the map lacks, another alternative.
template <class T, class Take>
void with_member_at(const T& value, const member_path& path, std::size_t depth, Take&& take) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::represented) {
        const typename stored_form<T>::type stored = stored_form<T>::to(value);
        return with_member_at(stored, path, depth, take);
    } else if constexpr (as == kind::optional) {
        if (value) with_member_at(*value, path, depth, take);
    } else {
        if (depth == path.parts().size()) return take(value);
        const auto& part = path.parts()[depth];
        if constexpr (as == kind::structure) {
            for_each_member(value, [&]<class Member>(std::string_view name, const Member& member) {
                if (!part.is_index && part.name == name) with_member_at<Member>(member, path, depth + 1, take);
            });
        } else if constexpr (as == kind::variant) {
            std::visit(
                [&]<class A>(const A& alternative) {
                    if constexpr (!std::same_as<A, std::monostate>)
                        if (!part.is_index && part.name == variant_tag<A>())
                            with_member_at(alternative, path, depth + 1, take);
                },
                value);
        } else if constexpr (as == kind::sequence || as == kind::array) {
            if (!part.is_index) return;
            auto at = value.begin();
            for (std::size_t i = 0; i < part.index && at != value.end(); ++i) ++at;
            if (at != value.end()) with_member_at<typename T::value_type>(*at, path, depth + 1, take);
        } else if constexpr (as == kind::map) {
            if (const auto found = value.find(part.name); found != value.end())
                with_member_at(found->second, path, depth + 1, take);
        }
    }
}

}  // namespace leftfold::inline v0::detail
