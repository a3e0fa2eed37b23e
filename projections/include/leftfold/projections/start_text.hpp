#pragma once

#include <string>
#include <string_view>

#include "leftfold/projections/start.hpp"

namespace leftfold::inline v0 {

/// Writes where a projection is to begin as one word, to be kept or sent: `earliest`, `latest`, `after:2.7` (a cut, its
/// offsets), `event:1:812` (a position), `time:2026-03-15T00:00:00Z`, `ago:90000000` (microseconds). A start that is of
/// one store, or takes the nearest place, has `@STORE` and `~` behind it.
std::string to_string(const start_at& start);

/// Reads it back. Throws errc::invalid_argument for anything else.
start_at parse_start(std::string_view text);

}  // namespace leftfold::inline v0
