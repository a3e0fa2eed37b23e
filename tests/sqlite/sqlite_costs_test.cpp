// What the SQLite log costs, counted by the disk, and where it refuses.

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <future>
#include <string>

#include "leftfold/storage/async.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/stranger.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace sqlite_costs_test {

using namespace test_support;

const stream_id alice("account", "alice");

std::vector<event_data> of_type(std::string type, std::size_t bytes) {
    std::vector<event_data> events;
    events.emplace_back(std::move(type), '"' + std::string(bytes, 'x') + '"');
    return events;
}

TEST(sqlite_costs, a_filter_leaves_the_payloads_of_others_unread) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    {
        auto store = open_sqlite("/a", {.partitions = 1, .vfs = vfs.name()});
        for (int i = 0; i != 40; ++i)
            store.append(alice, expected_version::any(), of_type(i == 7 ? "rare" : "usual", 100'000)).value();
    }
    auto store = open_sqlite("/a", {.access = access::read_only, .vfs = vfs.name()});
    const auto before = disk.counts().bytes_read;
    int given = 0;
    store.read_partition(partition_id(0), offset{}, {}, {.types = {"rare"}}, payloads::read,
                         [&](const event_view& event) {
                             ++given;
                             EXPECT_EQ(event.payload.size(), 100'002u);
                             return true;
                         });
    EXPECT_EQ(given, 1);
    EXPECT_LT(disk.counts().bytes_read - before, 600'000u) << "of four million";
}

TEST(sqlite_costs, an_append_costs_one_sync) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto store = open_sqlite("/a", {.partitions = 1, .vfs = vfs.name()});
    store.append(alice, expected_version::any(), of_type("first", 10)).value();
    const auto before = disk.counts().syncs;
    for (int i = 0; i != 50; ++i) store.append(alice, expected_version::any(), of_type("next", 10)).value();
    EXPECT_LE(disk.counts().syncs - before, 51u) << "one a commit, and perhaps one for the clock";
}

TEST(sqlite_costs, sixty_four_appends_in_flight_share_their_syncs) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto store = open_sqlite("/a", {.partitions = 1, .vfs = vfs.name()});
    store.append(alice, expected_version::any(), of_type("first", 10)).value();
    constexpr int in_flight = 64;
    constexpr int rounds = 20;
    const auto before = disk.counts().syncs;
    for (int round = 0; round != rounds; ++round) {
        std::vector<std::future<append_result>> answers;
        for (int i = 0; i != in_flight; ++i) {
            std::vector<stream_append> one;
            one.push_back({stream_id("account", std::to_string(i)), expected_version::any(), of_type("next", 10)});
            answers.push_back(store.async_append(std::move(one), {}, boost::asio::use_future));
        }
        for (auto& each : answers) each.get().value();
    }
    const auto syncs = disk.counts().syncs - before;
    EXPECT_LE(syncs, rounds * in_flight / 8u) << "of " << rounds * in_flight << " appends";
    EXPECT_GE(syncs, 1u * rounds) << "an answer came before its commit was synced";
}

// Two connections that checkpoint can lose commits (a defect of SQLite's), so only the owner's may.
TEST(sqlite_costs, a_reader_writes_nothing_and_leaves_the_wal_alone) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto store = open_sqlite("/a", {.partitions = 1, .vfs = vfs.name()});
    store.append(alice, expected_version::any(), of_type("first", 10)).value();
    const auto before = disk.counts();
    {
        auto reader = open_sqlite("/a", {.access = access::read_only, .vfs = vfs.name()});
        EXPECT_EQ(reader.read_stream(alice).size(), 1u);
        reader.close();
    }
    const auto after = disk.counts();
    EXPECT_EQ(after.writes, before.writes);
    EXPECT_EQ(after.syncs, before.syncs);
    EXPECT_EQ(after.truncates, before.truncates);
    EXPECT_EQ(after.removes, before.removes);
    EXPECT_GT(disk.size(*disk.find("/a/partition-0000.db-wal")), 0u);
}

TEST(sqlite_costs, a_snapshot_of_long_ago_is_found_without_going_through_the_newer_ones) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    {
        auto store = open_sqlite("/a", {.partitions = 1, .vfs = vfs.name()});
        for (int v = 1; v <= 300; ++v)
            store.snapshots().save({.stream = alice,
                                    .version = version(v),
                                    .recorded = recorded_at::from_micros(v),
                                    .state = std::string(10'000, 'x')});
    }
    auto store = open_sqlite("/a", {.access = access::read_only, .vfs = vfs.name()});
    const auto before = disk.counts().bytes_read;
    const auto found = store.snapshots().find(alice, 0, version(1'000), recorded_at::from_micros(2));
    EXPECT_EQ(found->version, version(2));
    EXPECT_LT(disk.counts().bytes_read - before, 150'000u) << "of three million";
}

TEST(sqlite_costs, the_wal_stays_bounded) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto store = open_sqlite("/a", {.partitions = 1, .wal_pages = 50, .vfs = vfs.name()});
    std::uint64_t largest = 0;
    for (int i = 0; i != 600; ++i) {
        store.append(alice, expected_version::any(), of_type("next", 3'000)).value();
        largest = std::max(largest, disk.size(*disk.find("/a/partition-0000.db-wal")));
    }
    EXPECT_LT(largest, 100u * 4'120);
}

TEST(sqlite_costs, a_full_disk_refuses_appends_until_there_is_room) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto store = open_sqlite("/a", {.partitions = 1, .vfs = vfs.name()});
    store.append(alice, expected_version::any(), of_type("first", 10)).value();
    disk.inject({.calls = calls({disk_call::write}),
                 .nth = 1,
                 .outcome = disk_outcome::no_space,
                 .length = fault_length::until_healed});
    try {
        store.append(alice, expected_version::any(), of_type("second", 10)).value();
        FAIL() << "stored on a full disk";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), errc::disk_full) << refused.what();
    }
    EXPECT_EQ(store.read_stream(alice).size(), 1u);
    disk.heal();
    EXPECT_EQ(store.append(alice, expected_version::any(), of_type("second", 10)).value().version(), version(2));
}

TEST(sqlite_costs, a_store_in_a_read_only_directory_can_be_read_and_not_written) {
    const temporary_directory place;
    open_sqlite(place / "a", {.partitions = 1}).append(alice, expected_version::any(), of_type("first", 10)).value();
    std::filesystem::remove(place / "a/partition-0000.db-shm");
    using std::filesystem::perms;
    std::filesystem::permissions(place.path(), perms::owner_all | perms::others_read | perms::others_exec);
    make_read_only(place / "a");
    EXPECT_EQ(as_a_stranger([&] {
                  auto store = open_sqlite(place / "a", {.access = access::read_only});
                  return store.read_stream(alice).size() == 1 ? 0 : 1;
              }),
              0);
    EXPECT_EQ(as_a_stranger([&] {
                  try {
                      open_sqlite(place / "a");
                  } catch (const error& refused) {
                      return refused.kind() == errc::read_only ? 0 : 1;
                  }
                  return 2;
              }),
              0);
    std::filesystem::permissions(place / "a", perms::owner_all);
}

TEST(sqlite_costs, a_wal_that_waits_in_a_read_only_directory_is_said_to_be_there) {
    const temporary_directory place;
    child_process owner([&](int pipe) {
        auto store = open_sqlite(place / "a", {.partitions = 1});
        store.append(alice, expected_version::any(), of_type("first", 10)).value();
        if (::write(pipe, "a", 1) != 1) return 1;
        ::pause();
        return 0;
    });
    char acknowledged = 0;
    ASSERT_EQ(::read(owner.pipe(), &acknowledged, 1), 1);
    owner.kill();
    using std::filesystem::perms;
    std::filesystem::permissions(place.path(), perms::owner_all | perms::others_read | perms::others_exec);
    make_read_only(place / "a");
    EXPECT_EQ(as_a_stranger([&] {
                  try {
                      open_sqlite(place / "a", {.access = access::read_only});
                  } catch (const error& refused) {
                      const std::string text = refused.what();
                      return refused.kind() == errc::read_only && text.find("left a WAL") != text.npos ? 0 : 1;
                  }
                  return 2;
              }),
              0);
    std::filesystem::permissions(place / "a", perms::owner_all);
    EXPECT_EQ(open_sqlite(place / "a").read_stream(alice).size(), 1u) << "whoever may write recovers it";
}

}  // namespace sqlite_costs_test
}  // namespace leftfold
