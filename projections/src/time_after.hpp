#pragma once

#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0::detail {

/// Returns the time right after another; after the last one there is none, and it stays.
inline recorded_at time_after(recorded_at when) {
    return when == recorded_at::max() ? when : recorded_at::from_micros(when.micros() + 1);
}

}  // namespace leftfold::inline v0::detail
