#include "leftfold/storage/names.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Shows a refused name without its control characters, and not all of a long one.
std::string shown(std::string_view name) {
    constexpr std::size_t most = 80;
    std::string text(name.substr(0, most));
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return "\"" + text + (name.size() > most ? "…\"" : "\"");
}

[[noreturn]] void refuse(std::string_view kind, std::string_view name, std::string_view rule) {
    throw error(errc::invalid_name,
                "checking the " + std::string(kind) + " " + shown(name) + ", which " + std::string(rule));
}

void check_utf8(std::string_view kind, std::string_view name) {
    if (is_utf8(name)) return;
    throw error(errc::invalid_utf8,
                "checking the " + std::string(kind) + " of " + std::to_string(name.size()) + " bytes");
}

/// How long the well-formed sequence at the start of `bytes` is, or 0.
std::size_t utf8_sequence(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const auto continues = [&](std::size_t i, unsigned char low, unsigned char high) {
        return i < bytes.size() && byte(i) >= low && byte(i) <= high;
    };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1, 0x80, 0xbf) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const unsigned char low = first == 0xe0 ? 0xa0 : 0x80;   // no overlong forms
        const unsigned char high = first == 0xed ? 0x9f : 0xbf;  // no surrogates
        return continues(1, low, high) && continues(2, 0x80, 0xbf) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const unsigned char low = first == 0xf0 ? 0x90 : 0x80;   // no overlong forms
        const unsigned char high = first == 0xf4 ? 0x8f : 0xbf;  // nothing above U+10FFFF
        return continues(1, low, high) && continues(2, 0x80, 0xbf) && continues(3, 0x80, 0xbf) ? 4 : 0;
    }
    return 0;
}

/// How many bytes at the start are ASCII, as far as can be told eight at a time.
std::size_t ascii_at_start(std::string_view bytes) {
    std::size_t known = 0;
    for (std::uint64_t eight = 0; known + sizeof eight <= bytes.size(); known += sizeof eight) {
        std::memcpy(&eight, bytes.data() + known, sizeof eight);
        if ((eight & 0x8080808080808080U) != 0) break;
    }
    return known;
}

/// Whether UTF-8 text has a control character: below a space, DEL, or U+0080 to U+009F.
bool has_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    }
    return false;
}

}  // namespace

stream_id::stream_id(std::string category, std::string key) : category_(std::move(category)), key_(std::move(key)) {
    check_category(category_);
    check_stream_key(key_);
}

stream_id stream_id::parse(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) refuse("stream", text, "has no \"-\" between category and key");
    return {std::string(text.substr(0, dash)), std::string(text.substr(dash + 1))};
}

std::string to_string(const stream_id& stream) { return stream.category() + "-" + stream.key(); }

std::string_view routing_key(std::string_view key) {
    const auto open = key.find('{');
    if (open == std::string_view::npos) return key;
    const auto close = key.find('}', open + 1);
    if (close == std::string_view::npos || close == open + 1) return key;
    return key.substr(open + 1, close - open - 1);
}

void check_category(std::string_view category) {
    constexpr std::string_view kind = "category";
    if (category.empty()) refuse(kind, category, "is empty");
    if (category.size() > category_bytes_max) refuse(kind, category, "is longer than 64 bytes");
    const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '.'; };
    if (!is_lower(category.front()) || !std::ranges::all_of(category, allowed)) {
        refuse(kind, category, "is not a lower-case letter followed by lower-case letters, digits, \"_\" or \".\"");
    }
}

void check_stream_key(std::string_view key) {
    constexpr std::string_view kind = "stream key";
    if (key.empty()) refuse(kind, key, "is empty");
    if (key.size() > stream_key_bytes_max) refuse(kind, key, "is longer than 1,024 bytes");
    if (key.find('\0') != std::string_view::npos) refuse(kind, key, "holds a NUL");
    check_utf8(kind, key);
}

void check_event_type(std::string_view type) {
    constexpr std::string_view kind = "event type";
    if (type.empty()) refuse(kind, type, "is empty");
    if (type.size() > event_type_bytes_max) refuse(kind, type, "is longer than 255 bytes");
    check_utf8(kind, type);
    if (has_control(type)) refuse(kind, type, "holds a control character");
}

void check_store_name(std::string_view name) {
    constexpr std::string_view kind = "store name";
    if (name.empty()) refuse(kind, name, "is empty");
    if (name.size() > store_name_bytes_max) refuse(kind, name, "is longer than 64 bytes");
    const auto alphanumeric = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c); };
    const auto allowed = [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
    if (!alphanumeric(name.front()) || !std::ranges::all_of(name, allowed)) {
        refuse(kind, name, "is not a letter or digit followed by letters, digits, \".\", \"_\" or \"-\"");
    }
}

bool is_utf8(std::string_view bytes) {
    for (bytes.remove_prefix(ascii_at_start(bytes)); !bytes.empty(); bytes.remove_prefix(ascii_at_start(bytes))) {
        const auto length = utf8_sequence(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

}  // namespace leftfold::inline v0
