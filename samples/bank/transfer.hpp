#pragma once

#include <cstdint>
#include <string>

#include "leftfold/storage/event_store.hpp"

namespace bank {

/// Moves money between two accounts of one branch: both events are stored, or neither. Accounts of one branch carry its
/// name in braces, `{branch1}/alice`, which keeps them in one partition. Throws leftfold::errc::different_partitions
/// for accounts whose branches lie apart, and insufficient_funds.
leftfold::appended transfer(leftfold::event_store& store, const std::string& from, const std::string& to,
                            std::int64_t cents);

}  // namespace bank
