#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/gtest.hpp"
#include "support/temporary_directory.hpp"

namespace {

class sqlite_engine final : public leftfold::testing::engine {
public:
    leftfold::store_parts make(std::uint32_t partitions) override {
        return leftfold::make_sqlite_parts(place_ / "contract.store", {.partitions = partitions});
    }
    bool keeps() const override { return true; }
    leftfold::store_parts reopen() override {
        return leftfold::make_sqlite_parts(place_ / "contract.store", {.mode = leftfold::open_mode::open_existing});
    }

private:
    leftfold::test_support::temporary_directory place_;
};

const bool registered =
    leftfold::testing::register_contracts("sqlite", [] { return std::make_unique<sqlite_engine>(); });

}  // namespace
