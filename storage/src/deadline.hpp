#pragma once

#include <algorithm>
#include <chrono>

namespace leftfold::inline v0 {

/// Returns so much time, none if it is negative, and a hundred years at most: so `milliseconds::max()` is for ever,
/// where a sum with it, or as many microseconds, would lie in the past.
template <class Rep, class Period>
std::chrono::microseconds bounded(std::chrono::duration<Rep, Period> time) {
    using duration = std::chrono::duration<Rep, Period>;
    constexpr std::chrono::hours longest{24 * 36'525};
    return std::chrono::duration_cast<std::chrono::microseconds>(std::clamp(time, duration{0}, duration{longest}));
}

/// Returns when a wait that begins now, and may take `at_most`, is over.
template <class Rep, class Period>
std::chrono::steady_clock::time_point deadline_after(std::chrono::duration<Rep, Period> at_most) {
    return std::chrono::steady_clock::now() + bounded(at_most);
}

}  // namespace leftfold::inline v0
