#include <charconv>

#include "json_text.hpp"
#include "leftfold/framework/to_text.hpp"
#include "rfc3339.hpp"

namespace leftfold::inline v0::detail {
namespace {

template <class Number>
void append_number(std::string& text, Number value) {
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_hex(std::string& text, unsigned char byte) {
    static constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte / 16];
    text += digits[byte % 16];
}

}  // namespace

void text_writer::integer(std::int64_t value) { append_number(text_, value); }

void text_writer::integer(std::uint64_t value) { append_number(text_, value); }

void text_writer::number(double value) { append_number(text_, value); }

void text_writer::number(float value) { append_number(text_, value); }

void text_writer::string(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    text_ += '"';
    while (at != end) {
        const auto c = static_cast<unsigned char>(*at);
        const std::size_t size = utf8_length(at, end);
        if (c == '"' || c == '\\') {
            (text_ += '\\') += *at;
        } else if (c == '\n') {
            text_ += "\\n";
        } else if (c < 0x20 || size == 0) {
            append_hex(text_ += "\\x", c);
        } else {
            text_.append(at, size);
        }
        at += size == 0 ? 1 : size;
    }
    text_ += '"';
}

void text_writer::bytes(std::span<const std::byte> bytes) {
    text_ += "0x";
    for (const std::byte byte : bytes) append_hex(text_, std::to_integer<unsigned char>(byte));
}

void text_writer::time(std::int64_t ticks, std::int64_t ticks_per_second) {
    char text[rfc3339_size_max];
    const char* const end = write_rfc3339(split_time(ticks, ticks_per_second), text);
    if (end == nullptr)
        append_number(text_, ticks);
    else
        text_.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace leftfold::inline v0::detail
