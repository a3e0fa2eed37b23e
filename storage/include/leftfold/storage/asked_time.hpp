#pragma once

#include <string_view>

#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// Reads a time as people ask for one: whatever parse_time reads, and besides that, measured from `now`,
///
///     now
///     today, yesterday                     00:00:00Z of that day, as a bare date is (semantics 12)
///     2 hours ago, an hour ago, 90 s ago   seconds, minutes, hours, days of 24 hours, weeks; s, min, h, d, w for short
///     3 months ago, a year ago             by the calendar; the last day of a month that is too short
///
/// In lower case. Throws errc::invalid_argument on anything else, and for what lies before the year 0.
///
/// The answer depends on `now`, so whoever asks is to be shown the instant that it came to.
instant parse_asked_time(std::string_view text, instant now);

}  // namespace leftfold::inline v0
