#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/gtest.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/temporary_directory.hpp"

namespace sqlite_contract_test {

using namespace leftfold::test_support;

// On the platform's own files.
class file_engine final : public leftfold::testing::engine {
public:
    leftfold::store_parts make(std::uint32_t partitions) override {
        return leftfold::make_sqlite_parts(place_ / "contract.store",
                                           {.partitions = partitions, .mode = leftfold::open_mode::create});
    }
    bool keeps() const override { return true; }
    leftfold::store_parts reopen() override {
        return leftfold::make_sqlite_parts(place_ / "contract.store", {.mode = leftfold::open_mode::open_existing});
    }

private:
    temporary_directory place_{temporary_directory::where::in_memory};
};

// On a simulated disk, whose power is cut each time that the store is opened again: what a case wrote must be durable
// by then, and not just written.
class power_cut_engine final : public leftfold::testing::engine {
public:
    leftfold::store_parts make(std::uint32_t partitions) override {
        disk_ = std::make_unique<simulated_disk>();
        vfs_ = std::make_unique<simulated_vfs>(*disk_);
        return leftfold::make_sqlite_parts("/contract.store", {.partitions = partitions, .vfs = vfs_->name()});
    }
    bool keeps() const override { return true; }
    leftfold::store_parts reopen() override {
        disk_replay replay(*disk_);
        replay.advance_to(disk_->moment());
        std::mt19937_64 random(5);
        auto left = std::make_unique<simulated_disk>(replay.crash(crash_mode::drop_unsynced, random));
        vfs_.reset();
        disk_ = std::move(left);
        vfs_ = std::make_unique<simulated_vfs>(*disk_);
        return leftfold::make_sqlite_parts("/contract.store", {.vfs = vfs_->name()});
    }

private:
    std::unique_ptr<simulated_disk> disk_;
    std::unique_ptr<simulated_vfs> vfs_;
};

const bool on_files = leftfold::testing::register_contracts("sqlite", [] { return std::make_unique<file_engine>(); });
const bool over_power_cuts = leftfold::testing::register_contracts("sqlite_over_power_cuts",
                                                                   [] { return std::make_unique<power_cut_engine>(); });

}  // namespace sqlite_contract_test
