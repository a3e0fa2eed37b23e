/// What every engine's ports promise (partition_log.hpp and its neighbours), case by case.
#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

/// Returns the promises of partition_log: dense offsets, whole groups, fences, pages, filters, damage.
contract log_contract();

/// Returns the promises of stream_index, fed with what the log holds.
contract index_contract();

/// Returns the promises of snapshot_store, checkpoint_store and bulletin.
contract side_contract();

}  // namespace leftfold::inline v0::testing
