#pragma once
// How the characters of a JSON string are looked at, eight at a time.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace leftfold::inline v0::detail {

static_assert(std::endian::native == std::endian::little, "the first character must be in the lowest byte of a word");

/// Gives a word with the top bit set in the first byte that is not plain: a quote, a backslash, a control character, or
/// part of a character outside ASCII. (Bytes after the first such one may be marked wrongly.)
inline std::uint64_t marks_of_special(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    const auto zeros = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes; };
    const std::uint64_t quotes = zeros(word ^ (ones * '"'));
    const std::uint64_t backslashes = zeros(word ^ (ones * '\\'));
    const std::uint64_t controls = (word - ones * 0x20) & ~word;
    return (quotes | backslashes | controls | word) & (ones * 0x80);
}

inline bool is_special(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c >= 0x80; }

/// Gives the first character in [at, end) that is not plain, or `end`.
inline const char* find_special(const char* at, const char* end) {
    for (; end - at >= 8; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        if (const std::uint64_t marks = marks_of_special(word)) return at + std::countr_zero(marks) / 8;
    }
    while (at != end && !is_special(static_cast<unsigned char>(*at))) ++at;
    return at;
}

/// Gives the length of the UTF-8 sequence at the start of [at, end), which is not empty, or 0 if it is not valid: cut
/// short, over-long, a surrogate, or above U+10FFFF.
inline std::size_t utf8_length(const char* at, const char* end) {
    const auto byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
    const auto available = static_cast<std::size_t>(end - at);
    const auto continues = [&](std::size_t i, unsigned low, unsigned high) {
        return i < available && byte(i) >= low && byte(i) <= high;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    if (lead < 0xE0) return continues(1, 0x80, 0xBF) ? 2 : 0;
    if (lead < 0xF0) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
    }
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4 : 0;
}

}  // namespace leftfold::inline v0::detail
