#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leftfold::inline v0 {

/// Names a member of a described value, and what lies within it, by the names and indices of its JSON form:
/// `$.owner`, `$.lines[1].qty`, `$.limits["per day"]`. `$` is the value itself.
///
/// An element of an array or vector is named by its index, from 0; the value of a map by its key; the alternative of a
/// variant by its tag. Whatever the text is, `to_string` spells a path as diff() and the codec's errors do.
class member_path {
public:
    /// One step inwards: a name, or an index.
    struct part {
        std::string name{};
        std::size_t index = 0;
        bool is_index = false;

        friend bool operator==(const part&, const part&) = default;
    };

    /// More parts than any sensible value is deep. Over it, errc::invalid_argument.
    static constexpr std::size_t parts_max = 64;

    /// The value itself.
    member_path() = default;
    /// Reads `$`, `.name`, `."any name"`, `["any name"]` and `[index]`. Within quotes, `\"` and `\\` stand for the
    /// second character. Throws errc::invalid_argument for anything else, and says at which character.
    explicit member_path(std::string_view text);

    const std::vector<part>& parts() const { return parts_; }

    friend bool operator==(const member_path&, const member_path&) = default;

private:
    std::vector<part> parts_;
};

/// Writes the path as diff() and the codec's errors spell it; reading that gives the same path.
std::string to_string(const member_path& path);

}  // namespace leftfold::inline v0
