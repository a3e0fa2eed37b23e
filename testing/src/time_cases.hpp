#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

/// The part of reading_contract() that is about time and waiting.
contract time_cases();

}  // namespace leftfold::inline v0::testing
