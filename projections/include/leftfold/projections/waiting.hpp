#pragma once

#include <chrono>
#include <cstddef>

namespace leftfold::inline v0 {

/// What a wait is to do when its time is over and the rows have not come so far.
enum class when_late {
    fail,          ///< throw errc::behind, with the lag in the text
    answer_stale,  ///< return, with the lag in the freshness: the rows can be read as they are
};

/// How wait_for() waits.
struct wait_options {
    std::chrono::milliseconds at_most = std::chrono::seconds{5};
    when_late late = when_late::fail;
};

/// What a wait came to: whether the rows have what was waited for, and how far they are from it when not.
struct freshness {
    /// Whether every event that was waited for is in the rows.
    bool current = true;
    /// How many events, up to those waited for, are not in the rows. 0 when current.
    std::size_t events_missing = 0;
    /// How old the rows are: wall clock against the time through which they miss nothing. 0 when current.
    std::chrono::microseconds age{};

    explicit operator bool() const { return current; }
};

}  // namespace leftfold::inline v0
