#include "leftfold/framework/detail/json_reader.hpp"

#include <charconv>
#include <utility>

#include "base64.hpp"
#include "json_number.hpp"
#include "json_text.hpp"
#include "leftfold/framework/codec_error.hpp"
#include "rfc3339.hpp"

namespace leftfold::inline v0::detail {
namespace {

// The most characters of a document that an error quotes.
constexpr std::size_t quoted_size_max = 60;

/// A whole number as it stands in the text. `end` is nullptr if there is none, or if it does not fit 64 bits.
struct whole_number {
    bool is_negative = false;
    std::uint64_t magnitude = 0;
    const char* end = nullptr;
};

whole_number whole_number_at(const char* at, const char* end) {
    whole_number number;
    if (at != end && *at == '-') {
        number.is_negative = true;
        ++at;
    }
    const char* const first = at;
    for (; at != end && is_digit(*at); ++at) {
        const auto digit = static_cast<std::uint64_t>(*at - '0');
        if (__builtin_mul_overflow(number.magnitude, std::uint64_t{10}, &number.magnitude) ||
            __builtin_add_overflow(number.magnitude, digit, &number.magnitude))
            return {};
    }
    const bool has_leading_zero = at - first > 1 && *first == '0';
    if (at == first || has_leading_zero || goes_on(at, end)) return {};
    number.end = at;
    return number;
}

/// Describes the value at `at` for an error: as it stands, but short, and kinds instead of whole objects and arrays.
std::string description_of(const char* at, const char* end) {
    if (at == end) return "the end of the text";
    if (*at == '{') return "an object";
    if (*at == '[') return "an array";
    const char* stop = at;
    if (*at == '"') {
        do {
            stop += *stop == '\\' && end - stop > 1 ? 2 : 1;
        } while (stop != end && *stop != '"');
        if (stop != end) ++stop;
    } else {
        while (stop != end && std::string_view{",]}: \t\r\n"}.find(*stop) == std::string_view::npos) ++stop;
        if (stop == at) ++stop;
    }
    std::string quoted;
    for (const char* c = at; c != stop;) {
        const std::size_t size = utf8_length(c, stop);
        if (size == 0) return "text that is not valid UTF-8";
        if (quoted.size() + size > quoted_size_max) return quoted + "...";
        quoted += static_cast<unsigned char>(*c) < 0x20 ? std::string{"?"} : std::string{c, size};
        c += size;
    }
    return quoted;
}

void append_utf8(std::uint32_t code, std::string& out) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

}  // namespace

json_reader::json_reader(std::string_view json, std::string_view event_type, const decode_limits& limits)
    : at_(json.data()),
      begin_(json.data()),
      end_(json.data() + json.size()),
      event_type_(event_type),
      depth_max_(limits.depth_max) {}

void json_reader::finish() {
    skip_space();
    if (at_ != end_) fail_syntax(at_, "text after the value");
}

const char* json_reader::place() {
    skip_space();
    return at_;
}

void json_reader::enter() {
    if (++depth_ > depth_max_) fail("is nested deeper than " + std::to_string(depth_max_) + " levels");
}

// Scalars.

bool json_reader::null() {
    skip_space();
    if (at_ == end_ || *at_ != 'n') return false;
    skip_word("null");
    return true;
}

bool json_reader::boolean() {
    skip_space();
    const char first = at_ == end_ ? '\0' : *at_;
    if (first != 't' && first != 'f') fail_wanted(at_, "true or false");
    skip_word(first == 't' ? "true" : "false");
    return first == 't';
}

std::int64_t json_reader::integer(std::int64_t min, std::int64_t max) {
    skip_space();
    const whole_number number = whole_number_at(at_, end_);
    const std::uint64_t limit =
        number.is_negative ? std::uint64_t{0} - static_cast<std::uint64_t>(min) : static_cast<std::uint64_t>(max);
    if (number.end == nullptr || number.magnitude > limit) fail_wanted(at_, "an integer in range");
    at_ = number.end;
    return static_cast<std::int64_t>(number.is_negative ? std::uint64_t{0} - number.magnitude : number.magnitude);
}

std::uint64_t json_reader::natural(std::uint64_t max) {
    skip_space();
    const whole_number number = whole_number_at(at_, end_);
    const std::uint64_t limit = number.is_negative ? 0 : max;
    if (number.end == nullptr || number.magnitude > limit) fail_wanted(at_, "an integer in range");
    at_ = number.end;
    return number.magnitude;
}

template <class Float>
Float json_reader::floating() {
    skip_space();
    const char* const end = end_of_number(at_, end_);
    if (end == nullptr || goes_on(end, end_)) fail_wanted(at_, "a number");
    Float value{};
    if (std::from_chars(at_, end, value).ec != std::errc{}) fail_wanted(at_, "a number in range");
    at_ = end;
    return value;
}

double json_reader::number() { return floating<double>(); }

float json_reader::small_number() { return floating<float>(); }

void json_reader::string(std::string& value) {
    const std::string_view read = text(value);
    if (read.data() != value.data()) value.assign(read);
}

void json_reader::bytes(std::string& bytes) {
    const char* const start = place();
    auto decoded = from_base64(text(scratch_));
    if (!decoded) fail_wanted(start, "bytes in base64");
    bytes = std::move(*decoded);
}

std::int64_t json_reader::time(std::int64_t ticks_per_second) {
    const char* const start = place();
    const auto when = read_rfc3339(text(scratch_));
    if (!when) fail_wanted(start, "a time such as \"2026-03-15T09:30:00.000000Z\"");
    const std::int64_t nanoseconds_per_tick = 1'000'000'000 / ticks_per_second;
    if (when->nanoseconds % nanoseconds_per_tick != 0) fail_wanted(start, "a time of no finer precision");
    // Below zero the seconds are rounded down, which alone may be out of range where the sum is not.
    const std::int64_t borrowed = when->seconds < 0 ? 1 : 0;
    std::int64_t ticks = 0;
    if (__builtin_mul_overflow(when->seconds + borrowed, ticks_per_second, &ticks) ||
        __builtin_add_overflow(ticks, when->nanoseconds / nanoseconds_per_tick - borrowed * ticks_per_second, &ticks))
        fail_wanted(start, "a time in range");
    return ticks;
}

/// Reads a string and gives its text: a view into the document, or of `scratch` if it has escapes.
std::string_view json_reader::text(std::string& scratch) {
    skip_space();
    if (at_ == end_ || *at_ != '"') fail_wanted(at_, "a string");
    const char* start = at_ + 1;
    const char* at = start;
    bool has_escapes = false;
    for (;;) {
        at = find_special(at, end_);
        if (at == end_) fail_syntax(at_, "a string without an end");
        const auto c = static_cast<unsigned char>(*at);
        if (c == '"') break;
        if (c >= 0x80) {
            const std::size_t size = utf8_length(at, end_);
            if (size == 0) fail_syntax(at, "text that is not valid UTF-8");
            at += size;
        } else if (c == '\\') {
            if (!has_escapes) scratch.clear();
            has_escapes = true;
            scratch.append(start, at);
            start = at = append_escaped(at, scratch);
        } else {
            fail_syntax(at, "a control character in a string");
        }
    }
    at_ = at + 1;
    if (!has_escapes) return {start, static_cast<std::size_t>(at - start)};
    return scratch.append(start, at);
}

/// Appends the character that the escape at `at` means, and gives the place after it.
const char* json_reader::append_escaped(const char* at, std::string& out) const {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (end_ - at < 2) fail_syntax(at, "a string without an end");
    if (const auto i = letters.find(at[1]); i != std::string_view::npos) {
        out += meanings[i];
        return at + 2;
    }
    if (at[1] != 'u') fail_syntax(at, "an unknown escape");
    std::uint32_t code = hex4(at + 2);
    const char* const escape = at;
    at += 6;
    if (code >= 0xD800 && code < 0xDC00) {
        if (end_ - at < 2 || at[0] != '\\' || at[1] != 'u') fail_syntax(escape, "half a surrogate pair");
        const std::uint32_t low = hex4(at + 2);
        if (low < 0xDC00 || low > 0xDFFF) fail_syntax(escape, "half a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
        fail_syntax(escape, "half a surrogate pair");
    }
    append_utf8(code, out);
    return at;
}

std::uint32_t json_reader::hex4(const char* at) const {
    std::uint32_t code = 0;
    if (end_ - at < 4 || std::from_chars(at, at + 4, code, 16).ptr != at + 4)
        fail_syntax(at, "an escape without four hexadecimal digits");
    return code;
}

// Errors.

void json_reader::fail(std::string reason) const {
    throw decode_error{std::string{event_type_}, to_string(path_), std::move(reason)};
}

void json_reader::fail_wanted(const char* place, std::string_view wanted) const {
    fail("wants " + std::string{wanted} + ", got " + description_of(place, end_));
}

void json_reader::fail_syntax(const char* at, std::string_view what) const {
    fail("is not valid JSON: " + std::string{what} + " at byte " + std::to_string(at - begin_));
}

}  // namespace leftfold::inline v0::detail
