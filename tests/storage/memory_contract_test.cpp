#include "leftfold/testing/gtest.hpp"
#include "storage/memory_engine.hpp"

namespace {

const bool registered = leftfold::testing::register_contracts("memory", make_memory_engine);

}  // namespace
