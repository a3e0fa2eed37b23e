#pragma once

#include <algorithm>
#include <chrono>

namespace leftfold::inline v0 {

/// Returns when a wait that begins now, and may take `at_most`, is over. Nobody waits for longer than a hundred years:
/// so `milliseconds::max()` is for ever, where a sum with it would lie in the past.
template <class Rep, class Period>
std::chrono::steady_clock::time_point deadline_after(std::chrono::duration<Rep, Period> at_most) {
    using duration = std::chrono::duration<Rep, Period>;
    constexpr std::chrono::hours longest{24 * 36'525};
    return std::chrono::steady_clock::now() + std::clamp(at_most, duration{0}, duration{longest});
}

}  // namespace leftfold::inline v0
