#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

/// The part of append_contract() that is about ids.
contract idempotency_cases();

}  // namespace leftfold::inline v0::testing
