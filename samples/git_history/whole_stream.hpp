#pragma once

#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// Gives every event of a stream to the sink, oldest first, until it returns false.
void visit_whole_stream(leftfold::event_store& store, const leftfold::stream_id& stream, leftfold::event_sink sink);

}  // namespace git_history
