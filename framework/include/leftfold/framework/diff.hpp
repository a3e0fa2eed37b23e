#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/framework/detail/compare_members.hpp"
#include "leftfold/framework/loaded.hpp"

namespace leftfold::inline v0 {

/// Returns what is different in `after`, member by member, in order of description: no entry for equal values.
///
///     for (const auto& [path, before, after] : leftfold::diff(*monday, *tuesday)) …
///
/// Nested structs, optionals, vectors, arrays, maps and the alternatives of variants are gone into; elements of vectors
/// are compared by index, values of maps by key. What is there on one side only is one entry, however large, and so is
/// a variant that changed its alternative. Transient members are not compared. Of the user's code only `stored_form` is
/// called, where a type has one; never `operator==`. A NaN equals a NaN, and -0.0 differs from 0.0, as their stored
/// forms do.
///
/// Costs one pass over both values, and the text of what differs. May be called from any thread.
template <described State>
std::vector<change> diff(const State& before, const State& after) {
    detail::change_list changes;
    detail::compare(changes, before, after);
    return changes.take();
}

/// The same for two answers of a repository, whatever was asked: two times, two axes, two cuts, two versions. Where
/// one of them is nothing, each member of the other is an entry with one side.
template <class Aggregate>
requires described<detail::kept_state<Aggregate>> std::vector<change> diff(const loaded<Aggregate>& before,
                                                                           const loaded<Aggregate>& after) {
    detail::change_list changes;
    if (before && after)
        detail::compare(changes, *before, *after);
    else if (before)
        for_each_member(*before, [&](std::string_view name, const auto& value) {
            detail::path_scope here{changes.path()};
            here.member(name);
            if (detail::is_written(value)) changes.only_before(value);
        });
    else if (after)
        for_each_member(*after, [&](std::string_view name, const auto& value) {
            detail::path_scope here{changes.path()};
            here.member(name);
            if (detail::is_written(value)) changes.only_after(value);
        });
    return changes.take();
}

}  // namespace leftfold::inline v0
