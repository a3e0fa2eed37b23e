#include <gtest/gtest.h>

#include <optional>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/store_audit.hpp"

namespace leftfold {
namespace index_without_space_test {

using namespace test_support;

const stream_id ann("account", "ann");
constexpr auto index_file = "/bank.store/index-0000.db";

class index_without_space : public ::testing::Test {
protected:
    event_store open() { return open_sqlite("/bank.store", {.partitions = 1, .vfs = vfs_.name()}); }
    void fill_disk() {
        disk_.inject({calls({disk_call::write}), 1, disk_outcome::no_space, fault_length::until_healed});
    }

    simulated_disk disk_;
    simulated_vfs vfs_{disk_};
};

TEST_F(index_without_space, streams_are_read_all_the_same) {
    open().append(ann, expected_version::any(), numbered_events(1, 3, 200)).value();
    ASSERT_EQ(disk_.remove(index_file), disk_outcome::done);  // as after a power cut that came early
    auto store = open();
    fill_disk();
    EXPECT_EQ(store.read_stream(ann).size(), 3u);
    EXPECT_EQ(store.head(ann), version(3));
    try {
        static_cast<void>(store.append(ann, expected_version::any(), numbered_events(2, 1, 200)));
        ADD_FAILURE() << "there was no space";
    } catch (const error& failed) {
        EXPECT_EQ(failed.kind(), errc::disk_full);
    }
}

TEST_F(index_without_space, the_file_is_made_once_there_is_space_and_something_to_write) {
    open().append(ann, expected_version::any(), numbered_events(1, 3, 200)).value();
    ASSERT_EQ(disk_.remove(index_file), disk_outcome::done);
    auto store = open();
    fill_disk();
    EXPECT_EQ(store.read_stream(ann).size(), 3u);
    disk_.heal();
    store.append(ann, expected_version::exactly(version(3)), numbered_events(2, 1, 200)).value();
    store.index().rebuild(partition_id(0));
    EXPECT_NE(disk_.find(index_file), nullptr);
    EXPECT_EQ(store.read_stream(ann).size(), 4u);
}

}  // namespace index_without_space_test
}  // namespace leftfold
