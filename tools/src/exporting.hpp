#pragma once

#include "console.hpp"
#include "selection.hpp"

namespace leftfold::inline v0::tools {

enum class export_order { by_partition, by_time };

/// Writes the selected events as an export (cloud_event.hpp): one header line, then a line an event. Returns how many.
std::int64_t export_events(event_store& store, const selection& chosen, export_order order, const console& on);

}  // namespace leftfold::inline v0::tools
