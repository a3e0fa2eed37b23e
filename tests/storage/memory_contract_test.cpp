#include "leftfold/testing/gtest.hpp"
#include "storage/memory_engine.hpp"

namespace memory_contract_test {

const bool registered = leftfold::testing::register_contracts("memory", make_memory_engine);

}  // namespace memory_contract_test
