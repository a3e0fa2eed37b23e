#pragma once

#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/contract.hpp"
#include "support/temporary_directory.hpp"

/// The SQLite engine for contracts and properties, in a directory that goes with it.
class sqlite_engine final : public leftfold::testing::engine {
public:
    explicit sqlite_engine(leftfold::durability level = leftfold::durability::power_loss) : level_(level) {}

    leftfold::store_parts make(std::uint32_t partitions) override {
        return leftfold::make_sqlite_parts(path(), {.partitions = partitions, .level = level_});
    }
    bool keeps() const override { return true; }
    leftfold::store_parts reopen() override {
        return leftfold::make_sqlite_parts(path(), {.mode = leftfold::open_mode::open_existing, .level = level_});
    }

private:
    std::filesystem::path path() const { return place_ / "contract.store"; }

    leftfold::test_support::temporary_directory place_;
    leftfold::durability level_;
};
