#pragma once
// Instants as text: RFC 3339 in UTC.

#include <cstdint>
#include <optional>
#include <string_view>

namespace leftfold::inline v0::detail {

/// An instant: seconds since 1970-01-01T00:00:00Z, rounded down, and what is above them.
struct utc_time {
    std::int64_t seconds = 0;
    std::int32_t nanoseconds = 0;
};

/// Gives the time `ticks` ticks of 1 / `ticks_per_second` after 1970.
constexpr utc_time split_time(std::int64_t ticks, std::int64_t ticks_per_second) {
    const bool rounds_down = ticks % ticks_per_second < 0;
    const std::int64_t rest = ticks % ticks_per_second + (rounds_down ? ticks_per_second : 0);
    return {ticks / ticks_per_second - (rounds_down ? 1 : 0),
            static_cast<std::int32_t>(rest * (1'000'000'000 / ticks_per_second))};
}

/// The most characters that write_rfc3339 writes.
inline constexpr std::size_t rfc3339_size_max = 30;

/// Writes `2026-03-15T09:30:00.123456Z`: six digits of fraction, nine if the instant needs them, so that texts of whole
/// microseconds sort as the instants do. Gives the end of the text, or nullptr outside the years 0000 to 9999.
char* write_rfc3339(utc_time when, char* at);

/// Reads an RFC 3339 date-time with any offset and up to nine digits of fraction; nothing if it is none, or names a day
/// or second that does not exist. Leap seconds are refused, since system_clock has none.
std::optional<utc_time> read_rfc3339(std::string_view text);

}  // namespace leftfold::inline v0::detail
