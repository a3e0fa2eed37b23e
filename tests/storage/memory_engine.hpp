#pragma once

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/contract.hpp"

/// The reference engine for contracts and properties. It keeps nothing.
class memory_engine final : public leftfold::testing::engine {
public:
    leftfold::store_parts make(std::uint32_t partitions) override {
        return leftfold::make_memory_parts(partitions, leftfold::derive_event_id("store"));
    }
    bool keeps() const override { return false; }
    leftfold::store_parts reopen() override { return {}; }
};

inline std::unique_ptr<leftfold::testing::engine> make_memory_engine() { return std::make_unique<memory_engine>(); }
