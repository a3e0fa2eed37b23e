#pragma once

#include <string>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::tools {

/// Reads the time that a word of the command line gives, as parse_asked_time does, by the store's own clock.
recorded_at time_in(const event_store& store, const std::string& text);

}  // namespace leftfold::inline v0::tools
