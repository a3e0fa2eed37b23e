#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace leftfold::inline v0 {

/// An instant in UTC, to the microsecond: the resolution of every time that leftfold stores.
using instant = std::chrono::sys_time<std::chrono::microseconds>;

/// A point on one of the two time axes. The axis is part of the type, so that a question about one can never be
/// answered by the other. Held as microseconds since 1970-01-01T00:00:00Z.
template <class Axis>
class time_on {
public:
    constexpr time_on() = default;
    /// From a time point of the system clock of any resolution that fits, dates included.
    template <class Duration>
    constexpr explicit time_on(std::chrono::sys_time<Duration> when)
        : us_(std::chrono::floor<std::chrono::microseconds>(when).time_since_epoch().count()) {}

    /// From microseconds since 1970, as the store keeps them.
    static constexpr time_on from_micros(std::int64_t us) {
        time_on made;
        made.us_ = us;
        return made;
    }
    static constexpr time_on min() { return from_micros(std::numeric_limits<std::int64_t>::min()); }
    static constexpr time_on max() { return from_micros(std::numeric_limits<std::int64_t>::max()); }

    constexpr std::int64_t micros() const { return us_; }
    constexpr instant time() const { return instant{std::chrono::microseconds{us_}}; }

    friend constexpr auto operator<=>(const time_on&, const time_on&) = default;

private:
    std::int64_t us_{};
};

/// When the store accepted an event: its hybrid logical clock. Rises strictly with the offset within a partition, and
/// no two events of a store share one.
using recorded_at = time_on<struct recorded_axis>;

/// When an event happened, by its producer's word. May be late, out of order, or equal for many events. An event whose
/// producer said nothing has exactly its recorded_at.
using occurred_at = time_on<struct occurred_axis>;

/// Writes an instant as RFC 3339 in UTC: `2026-03-15T00:00:00Z`, with six fractional digits when the microseconds are
/// not zero. Years outside 0000 to 9999 are written as a plain number of microseconds, which parse_time reads back.
std::string to_rfc3339(instant when);

/// Reads an RFC 3339 time with any offset, or a bare date, which means 00:00:00Z of that day (semantics 12).
///
/// More than six fractional digits are cut off, towards the past. Throws errc::invalid_argument on anything else: days
/// that do not exist, leap seconds, local times.
instant parse_time(std::string_view text);

}  // namespace leftfold::inline v0
