#pragma once

#include <optional>
#include <string>

namespace leftfold::inline v0 {

/// One difference between two values: a member, or what lies within it.
struct change {
    /// Where, as member_path spells it: `$.lines[1].qty`.
    std::string path{};
    /// The values as JSON; nothing on the side where there is none. A value that JSON cannot say (a number that is not
    /// finite, text that is not UTF-8) is given as to_text gives it.
    std::optional<std::string> before{};
    std::optional<std::string> after{};

    friend bool operator==(const change&, const change&) = default;
};

/// Writes a change for people: `$.balance: 70 → 50`, `$.owner: added "Ann"`, `$.lines[2]: removed {"qty":1}`.
std::string to_string(const change& difference);

}  // namespace leftfold::inline v0
