#pragma once

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

/// Takes the line "name value\n" off the text's front and returns the value. Throws errc::corrupt where another line
/// stands; `origin` names the file for the error.
inline std::string_view take_line(std::string_view& text, std::string_view name, std::string_view origin) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (end == std::string_view::npos || !line.starts_with(name) || line.size() <= name.size() + 1 ||
        line[name.size()] != ' ')
        throw error(errc::corrupt, fmt::format("reading {}: a line \"{} …\" is missing", origin, name));
    text.remove_prefix(end + 1);
    return line.substr(name.size() + 1);
}

/// Reads a number that is the whole text, or throws errc::corrupt.
template <class Number>
Number number_in(std::string_view text, std::string_view origin, int base = 10) {
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failure != std::errc() || end != text.data() + text.size())
        throw error(errc::corrupt, fmt::format("reading {}: \"{}\" is no number", origin, text));
    return value;
}

}  // namespace leftfold::inline v0::sqlite
