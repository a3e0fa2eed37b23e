/// What event_store promises over any engine (event_store.hpp), case by case.
#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

/// Returns the promises of appending: expected versions, conflicts, atomic batches, ids, limits, commit
/// participants.
contract append_contract();

/// Returns the promises of reading, time and waiting.
contract reading_contract();

/// Returns the promises to many threads at once, and of closing.
contract threads_contract();

}  // namespace leftfold::inline v0::testing
