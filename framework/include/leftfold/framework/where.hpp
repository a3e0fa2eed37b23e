#pragma once

#include <string>
#include <string_view>

#include "leftfold/framework/detail/aggregate_access.hpp"
#include "leftfold/framework/detail/find_member.hpp"
#include "leftfold/framework/detail/member_test.hpp"

namespace leftfold::inline v0 {

/// A condition on the state of an aggregate, as text: one comparison of a member with a literal.
///
///     leftfold::where<account> overdrawn{"$.balance < 0"};
///     leftfold::first_where(accounts, "alice", overdrawn);
///
/// A path (member_path), one of `=` `==` `!=` `<>` `<` `<=` `>` `>=`, and a literal: a number, `true`, `false`, `null`,
/// or text in single or double quotes, in which the quote is doubled or follows a backslash. Texts are compared byte by
/// byte, times as times (the literal is anything that parse_time reads), enumerators by name and only for being equal,
/// numbers exactly: 0.1 as a double, integers as integers. A duration is its count.
///
/// What is not there equals `null` and nothing else: every other comparison with it is false, `!=` too, as in SQL.
///
/// Made once, asked often: asking encodes nothing and allocates only to compare text. A value; asking is safe from any
/// thread.
template <class Aggregate>
class where {
public:
    using state_type = detail::kept_state<Aggregate>;  ///< the aggregate; for a decider its State

    /// Throws errc::invalid_argument for what is no comparison, for a path that no state can have, and for a literal of
    /// another type than the member: with the path, what is there, and what it was compared with.
    explicit where(std::string_view text) : test_(text) {
        detail::with_type_at<state_type>(test_.path(), 0, [&]<class Member>() {
            test_.check(detail::comparison_for<Member>());
            if constexpr (described_enum<Member>)
                test_.check_name(
                    [](std::string_view name) { return detail::enumerator_value<Member>(name).has_value(); });
        });
    }

    bool operator()(const state_type& state) const {
        bool is_there = false;
        bool holds = false;
        detail::with_member_at(state, test_.path(), 0, [&](const auto& member) {
            is_there = true;
            holds = test_.holds_for(detail::value_of(member));
        });
        return is_there ? holds : test_.holds_for({});
    }

private:
    detail::member_test test_;
};

}  // namespace leftfold::inline v0
