#include "git_history/quoting.hpp"

#include <algorithm>
#include <stdexcept>

namespace git_history {

namespace {

// The letters of C's one-letter escapes, and what they stand for, place by place.
constexpr std::string_view escape_letters = "abtnvfr\"\\";
constexpr std::string_view escaped_bytes = "\a\b\t\n\v\f\r\"\\";

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

bool is_octal_digit(char c) { return c >= '0' && c <= '7'; }

[[noreturn]] void refuse(std::string_view quoted) {
    throw std::invalid_argument("not a quoted path: " + std::string(quoted));
}

/// The byte of three octal digits at the front of `text`.
char octal_byte(std::string_view text, std::string_view quoted) {
    if (text.size() < 3 || !std::ranges::all_of(text.substr(0, 3), is_octal_digit) || text[0] > '3') refuse(quoted);
    return static_cast<char>((text[0] - '0') * 64 + (text[1] - '0') * 8 + (text[2] - '0'));
}

}  // namespace

std::string quote_path(std::string_view path) {
    if (std::ranges::all_of(path, is_plain)) return std::string(path);
    std::string quoted = "\"";
    for (const char c : path) {
        if (is_plain(c)) {
            quoted += c;
            continue;
        }
        quoted += '\\';
        if (const auto at = escaped_bytes.find(c); at != std::string_view::npos) {
            quoted += escape_letters[at];
        } else {
            const auto byte = static_cast<unsigned char>(c);
            quoted += static_cast<char>('0' + byte / 64);
            quoted += static_cast<char>('0' + byte / 8 % 8);
            quoted += static_cast<char>('0' + byte % 8);
        }
    }
    return quoted += '"';
}

std::string unquote_path(std::string_view quoted) {
    if (!quoted.starts_with('"')) return std::string(quoted);
    if (quoted.size() < 2 || !quoted.ends_with('"')) refuse(quoted);
    std::string path;
    for (auto rest = quoted.substr(1, quoted.size() - 2); !rest.empty(); rest.remove_prefix(1)) {
        if (rest.front() != '\\') {
            path += rest.front();
            continue;
        }
        rest.remove_prefix(1);
        if (rest.empty()) refuse(quoted);
        if (const auto at = escape_letters.find(rest.front()); at != std::string_view::npos) {
            path += escaped_bytes[at];
        } else {
            path += octal_byte(rest, quoted);
            rest.remove_prefix(2);
        }
    }
    return path;
}

}  // namespace git_history
