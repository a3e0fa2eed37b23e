#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/testing/gtest.hpp"

namespace {

class memory_engine final : public leftfold::testing::engine {
public:
    leftfold::store_parts make(std::uint32_t partitions) override {
        return leftfold::make_memory_parts(partitions, leftfold::derive_event_id("store"));
    }
    bool keeps() const override { return false; }
    leftfold::store_parts reopen() override { return {}; }
};

const bool registered =
    leftfold::testing::register_contracts("memory", [] { return std::make_unique<memory_engine>(); });

}  // namespace
