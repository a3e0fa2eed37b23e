#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace leftfold::test_support {

/// Writes a count as people read it: 5,214.
std::string count_text(std::int64_t count);

/// Prints the one line in which a test says what it counted, `name: counts`; ./check shows these lines at its end.
/// Integers are printed by count_text().
template <class... Values>
void closing_line(std::string_view format, const Values&... values) {
    const auto shown = [](const auto& value) {
        if constexpr (std::integral<std::remove_cvref_t<decltype(value)>>)
            return count_text(static_cast<std::int64_t>(value));
        else
            return value;
    };
    fmt::print("{}\n", fmt::format(fmt::runtime(format), shown(values)...));
}

}  // namespace leftfold::test_support
