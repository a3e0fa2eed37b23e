#pragma once

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

/// The part of append_contract() that is about commit participants.
contract participant_cases();

}  // namespace leftfold::inline v0::testing
