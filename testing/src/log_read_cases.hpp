#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

/// The part of log_contract() that is about reading.
contract log_read_cases();

}  // namespace leftfold::inline v0::testing
