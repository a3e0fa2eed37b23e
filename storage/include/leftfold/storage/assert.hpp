#pragma once

namespace leftfold::inline v0::detail {

/// Says on standard error which expectation failed and where, then aborts.
[[noreturn]] void assertion_failed(const char* expectation, const char* file, int line) noexcept;

}  // namespace leftfold::inline v0::detail

/// States what only a programmer's mistake can break. Stays on in release builds; never reachable from stored or user
/// data.
#define LEFTFOLD_ASSERT(expectation) \
    ((expectation) ? static_cast<void>(0) : ::leftfold::detail::assertion_failed(#expectation, __FILE__, __LINE__))
