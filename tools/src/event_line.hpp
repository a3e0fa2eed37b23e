#pragma once

#include "console.hpp"
#include "leftfold/storage/event.hpp"

namespace leftfold::inline v0::tools {

/// Shows an event: as an export's line when JSON is wanted, else for people, on one line.
void show_event(const event_view& event, const console& on);

}  // namespace leftfold::inline v0::tools
