#include "leftfold/testing/store_contract.hpp"

namespace leftfold::inline v0::testing {
contract append_contract() { return {}; }
contract reading_contract() { return {}; }
contract threads_contract() { return {}; }
}  // namespace leftfold::inline v0::testing
