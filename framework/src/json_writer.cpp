#include "leftfold/framework/detail/json_writer.hpp"

#include <charconv>
#include <cmath>
#include <type_traits>

#include "base64.hpp"
#include "json_text.hpp"
#include "leftfold/framework/codec_error.hpp"
#include "leftfold/framework/detail/json_reader.hpp"
#include "rfc3339.hpp"

namespace leftfold::inline v0::detail {
namespace {

// The longest of any number: -1.7976931348623157e+308 and its like.
constexpr std::size_t number_size_max = 32;

}  // namespace

void json_writer::integer(std::int64_t value) {
    make_room(number_size_max);
    at_ = std::to_chars(at_, at_ + number_size_max, value).ptr;
}

void json_writer::integer(std::uint64_t value) {
    make_room(number_size_max);
    at_ = std::to_chars(at_, at_ + number_size_max, value).ptr;
}

void json_writer::number(double value) {
    if (!std::isfinite(value)) fail("is a number that is not finite");
    make_room(number_size_max);
    at_ = std::to_chars(at_, at_ + number_size_max, value).ptr;
}

void json_writer::number(float value) {
    if (!std::isfinite(value)) fail("is a number that is not finite");
    make_room(number_size_max);
    at_ = std::to_chars(at_, at_ + number_size_max, value).ptr;
}

void json_writer::append(const char* text, std::size_t size) {
    if (size > buffer_size) {
        flush();
        out_.append(text, size);
        return;
    }
    make_room(size);
    std::memcpy(at_, text, size);
    at_ += size;
}

void json_writer::string(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    put('"');
    while (at != end) {
        const char* const special = find_special(at, end);
        append(at, static_cast<std::size_t>(special - at));
        at = special == end ? end : write_special(special, end);
    }
    put('"');
}

/// Writes the one character at `at`, which needs an escape or is outside ASCII, and gives the place after it.
const char* json_writer::write_special(const char* at, const char* end) {
    const auto c = static_cast<unsigned char>(*at);
    if (c >= 0x80) {
        const std::size_t size = utf8_length(at, end);
        if (size == 0) fail("is text that is not valid UTF-8");
        append(at, size);
        return at + size;
    }
    switch (c) {
        case '"':
            literal("\\\"");
            break;
        case '\\':
            literal("\\\\");
            break;
        case '\b':
            literal("\\b");
            break;
        case '\f':
            literal("\\f");
            break;
        case '\n':
            literal("\\n");
            break;
        case '\r':
            literal("\\r");
            break;
        case '\t':
            literal("\\t");
            break;
        default:
            literal("\\u00");
            put(c < 0x10 ? '0' : '1');
            put("0123456789abcdef"[c % 16]);
    }
    return at + 1;
}

void json_writer::bytes(std::span<const std::byte> bytes) {
    const std::string text = to_base64(bytes);
    put('"');
    append(text.data(), text.size());
    put('"');
}

void json_writer::raw(std::string_view json) {
    try {
        json_reader reader{json, event_type_, {.depth_max = decode_limits{}.depth_max - depth_}};
        reader.raw();
        reader.finish();
    } catch (const decode_error& invalid) {
        fail("is raw JSON that is not valid: " + invalid.reason());
    }
    append(json.data(), json.size());
}

void json_writer::time(std::int64_t ticks, std::int64_t ticks_per_second) {
    make_room(rfc3339_size_max + 2);
    *at_++ = '"';
    char* const end = write_rfc3339(split_time(ticks, ticks_per_second), at_);
    if (end == nullptr) fail("is a time outside the years 0000 to 9999");
    at_ = end;
    *at_++ = '"';
}

void json_writer::refuse_depth() const {
    fail("is nested deeper than " + std::to_string(decode_limits{}.depth_max) + " levels, the most that is read again");
}

void json_writer::fail(std::string reason) const {
    throw encode_error{std::string{event_type_}, to_string(path_), std::move(reason)};
}

}  // namespace leftfold::inline v0::detail
