#pragma once
// The untyped side of a condition: a literal, and a member's value that it is compared with.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "leftfold/framework/codec_kinds.hpp"
#include "leftfold/framework/member_path.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0::detail {

/// With what a member can be compared.
enum class comparison { nothing, truth, number, text, name, time, whole };

/// Stands for a struct, a container or raw JSON: it is there, and that is all that can be asked.
struct whole_value {};

/// A member's value. Nothing: the member is not there.
using member_value =
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view, instant, whole_value>;

template <class Member>
constexpr comparison comparison_for() {
    switch (kind_of<Member>()) {
        case kind::boolean:
            return comparison::truth;
        case kind::integer:
        case kind::number:
        case kind::duration:
            return comparison::number;
        case kind::string:
            return comparison::text;
        case kind::enumeration:
            return comparison::name;
        case kind::time:
            return comparison::time;
        case kind::nothing:
            return comparison::nothing;
        default:
            return comparison::whole;
    }
}

/// A time in microseconds; one that is beyond them, such as sys_seconds::max() for never, is the last or the first.
template <class Clock, class Duration>
auto instant_of(std::chrono::time_point<Clock, Duration> when) {
    using micros = std::chrono::time_point<Clock, std::chrono::microseconds>;
    if constexpr (std::ratio_greater_v<typename Duration::period, std::micro>) {
        if (when > std::chrono::floor<Duration>(micros::max())) return micros::max();
        if (when < std::chrono::ceil<Duration>(micros::min())) return micros::min();
    }
    return std::chrono::floor<std::chrono::microseconds>(when);
}

/// Borrows from the member.
template <class Member>
member_value value_of(const Member& member) {
    constexpr kind as = kind_of<Member>();
    if constexpr (as == kind::boolean)
        return member;
    else if constexpr (as == kind::integer && std::is_signed_v<Member>)
        return std::int64_t{member};
    else if constexpr (as == kind::integer)
        return std::uint64_t{member};
    else if constexpr (as == kind::number)
        return double{member};
    else if constexpr (as == kind::duration)
        return value_of(member.count());
    else if constexpr (as == kind::string)
        return std::string_view{member};
    else if constexpr (as == kind::enumeration)
        return enumerator_name(member);
    else if constexpr (as == kind::time)
        return instant_of(member);
    else if constexpr (as == kind::raw)
        return member.text == "null" ? member_value{} : whole_value{};
    else if constexpr (as == kind::variant && may_be_null<Member>::value)
        return std::holds_alternative<std::monostate>(member) ? member_value{} : whole_value{};
    else if constexpr (as == kind::nothing)
        return std::monostate{};
    else
        return whole_value{};
}

/// PATH OP LITERAL, parsed.
class member_test {
public:
    explicit member_test(std::string_view text);

    const member_path& path() const { return path_; }
    /// Refuses a literal that a member of that sort is never compared with, and makes a time of a text.
    void check(comparison sort);
    /// Refuses a name that no enumerator has.
    void check_name(function_ref<bool(std::string_view)> is_enumerator) const;
    bool holds_for(const member_value& found) const;

private:
    enum class order { equal, not_equal, less, at_most, greater, at_least };
    using literal = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, instant>;

    [[noreturn]] void refuse(std::string_view why) const;
    literal parse_literal(std::string_view text) const;
    std::partial_ordering compare(const member_value& found) const;

    std::string text_;  // for errors
    member_path path_;
    order order_{};
    literal literal_;
};

}  // namespace leftfold::inline v0::detail
