#pragma once

#include <compare>
#include <cstdint>

namespace leftfold::inline v0 {

/// A number that is one thing and no other: an offset is not a version, and neither is an integer.
///
/// There is no implicit conversion in either direction and no arithmetic but the step to the next value, which is what
/// positions need. `Tag` only tells the kinds apart. Costs what the bare number costs.
template <class Tag, class Rep = std::int64_t>
class strong_number {
public:
    using rep = Rep;

    constexpr strong_number() = default;
    constexpr explicit strong_number(Rep value) : value_(value) {}

    constexpr Rep value() const { return value_; }

    /// Returns the value that follows this one.
    constexpr strong_number next() const { return strong_number(static_cast<Rep>(value_ + 1)); }

    /// Returns the value that is `steps` further on (or back, when negative).
    constexpr strong_number plus(Rep steps) const { return strong_number(static_cast<Rep>(value_ + steps)); }

    friend constexpr auto operator<=>(const strong_number&, const strong_number&) = default;

private:
    Rep value_{};
};

}  // namespace leftfold::inline v0
