#include "leftfold/storage/sqlite_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <future>
#include <latch>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "sqlite/connection.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace sqlite_store_test {

using test_support::temporary_directory;

const stream_id alice("account", "alice");

std::vector<event_data> one(std::string payload = R"({"cents":5})") {
    std::vector<event_data> events;
    events.emplace_back("bank.deposited", std::move(payload));
    return events;
}

errc failure_of(auto action) {
    try {
        action();
    } catch (const error& failed) {
        return failed.kind();
    }
    return errc::ok;
}

TEST(sqlite_store, what_was_appended_is_there_after_reopening) {
    const temporary_directory place;
    store_id id;
    {
        auto store = open_sqlite(place / "bank.store");
        id = store.id();
        const auto done = store.append(alice, expected_version::none(), one()).value();
        EXPECT_EQ(done.version(), version(1));
    }
    auto store = open_sqlite(place / "bank.store");
    EXPECT_EQ(store.id(), id);
    EXPECT_EQ(store.partitions(), 4u);
    const auto events = store.read_stream(alice);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].payload, R"({"cents":5})");
    EXPECT_EQ(events[0].stream, alice);
    EXPECT_EQ(store.append(alice, expected_version::exactly(version(1)), one()).value().version(), version(2));
    EXPECT_FALSE(store.append(alice, expected_version::none(), one()).has_value());
}

TEST(sqlite_store, a_clean_end_leaves_no_wal) {
    const temporary_directory place;
    open_sqlite(place / "bank.store").append(alice, expected_version::any(), one()).value();
    for (const auto& entry : std::filesystem::directory_iterator(place / "bank.store"))
        EXPECT_FALSE(entry.path().string().ends_with("-wal")) << entry.path();
}

TEST(sqlite_store, any_shell_can_read_the_payloads) {
    const temporary_directory place;
    open_sqlite(place / "bank.store", {.partitions = 1}).append(alice, expected_version::any(), one()).value();
    sqlite::connection shell(place / "bank.store/partition-0000.db", {});
    EXPECT_EQ(shell.query_text("SELECT typeof(payload) || (payload ->> '$.cents') FROM event WHERE key = 'alice'"),
              "text5");
}

TEST(sqlite_store, payload_bytes_are_stored_as_they_are) {
    const temporary_directory place;
    const std::vector<std::string> payloads{"",         " {\"a\" : 1e400}\n",   std::string("\0\xff\x80", 3),
                                            "\xc3\x28", std::string("a\0b", 3), "\xf0\x9f\x98\x80"};
    {
        auto store = open_sqlite(place / "bank.store");
        for (const auto& payload : payloads) store.append(alice, expected_version::any(), one(payload)).value();
    }
    auto store = open_sqlite(place / "bank.store");
    const auto events = store.read_stream(alice);
    ASSERT_EQ(events.size(), payloads.size());
    for (std::size_t i = 0; i != payloads.size(); ++i) EXPECT_EQ(events[i].payload, payloads[i]);
}

TEST(sqlite_store, other_programs_cannot_change_delete_or_replace_events) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    store.append(alice, expected_version::any(), one()).value();
    sqlite::connection shell(place / "bank.store/partition-0000.db", {.mode = sqlite::file_access::read_write});
    EXPECT_ANY_THROW(shell.execute("UPDATE event SET payload = 'x'"));
    EXPECT_ANY_THROW(shell.execute("DELETE FROM event"));
    EXPECT_ANY_THROW(shell.execute("INSERT OR REPLACE INTO event SELECT * FROM event"));
    EXPECT_EQ(store.read_stream(alice).size(), 1u);
}

TEST(sqlite_store, a_second_owner_is_refused_in_the_same_process_too) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store");
    try {
        open_sqlite(place / "bank.store");
        FAIL() << "opened twice";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), errc::locked);
        const auto owner = std::to_string(getpid()) + ", this one";
        EXPECT_NE(std::string(refused.what()).find(owner), std::string::npos) << refused.what();
    }
    store.close();
    EXPECT_THROW(open_sqlite(place / "bank.store"), error) << "the closed handle still holds the files";
    { const auto gone = std::move(store); }
    EXPECT_NO_THROW(open_sqlite(place / "bank.store"));
}

TEST(sqlite_store, readers_beside_the_owner_see_each_append) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store");
    auto reader = open_sqlite(place / "bank.store", {.access = access::read_only});
    EXPECT_TRUE(reader.read_stream(alice).empty());
    const auto done = store.append(alice, expected_version::any(), one()).value();
    EXPECT_EQ(reader.read_stream(alice).size(), 1u);
    EXPECT_TRUE(reader.wait_for(done.position, std::chrono::milliseconds{0}));
    EXPECT_EQ(reader.closed(), store.closed());
    EXPECT_EQ(failure_of([&] { static_cast<void>(reader.append(alice, expected_version::any(), one())); }),
              errc::read_only);
}

// Beside an owner who says nothing meanwhile.
TEST(sqlite_store, closing_a_reader_ends_every_wait_of_it) {
    const temporary_directory place;
    auto owner = open_sqlite(place / "bank.store", {.partitions = 2});
    auto reader = open_sqlite(place / "bank.store", {.access = access::read_only});
    const auto heads = reader.heads();
    std::latch begun(3);
    std::vector<std::future<cut>> waiting;
    for (int i = 0; i != 3; ++i)
        waiting.push_back(std::async(std::launch::async, [&] {
            begun.count_down();
            return reader.wait_beyond(heads, std::chrono::hours{1});
        }));
    std::promise<std::pair<std::error_code, cut>> later;
    reader.start_wait_beyond(heads, std::chrono::hours{1}, [&](std::error_code code, cut seen) {
        later.set_value({code, seen});
    });
    begun.wait();
    reader.close(std::chrono::milliseconds{0});
    const auto [code, seen] = later.get_future().get();
    EXPECT_TRUE(code == errc::store_closed || seen == heads) << code.message();
    for (auto& each : waiting) {
        try {
            EXPECT_EQ(each.get(), heads);
        } catch (const error& closed) {  // one that had not begun by then
            EXPECT_EQ(closed.kind(), errc::store_closed);
        }
    }
    EXPECT_EQ(failure_of([&] { static_cast<void>(reader.wait_beyond(heads, std::chrono::hours{1})); }),
              errc::store_closed);
}

TEST(sqlite_store, a_reader_gets_a_time_closed_by_asking_the_owner) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store");
    const auto done = store.append(alice, expected_version::any(), one()).value();
    auto reader = open_sqlite(place / "bank.store", {.access = access::read_only});
    const auto later = recorded_at::from_micros(done.recorded.micros() + 1);
    EXPECT_TRUE(reader.cut_at(later).covers(done.position));
}

TEST(sqlite_store, opening_says_what_is_wrong) {
    const temporary_directory place;
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "none", {.mode = open_mode::open_existing}); }), errc::not_found);
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "none", {.access = access::read_only}); }), errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(place / "none"));
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "file:x?mode=memory"); }), errc::invalid_name);
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "a", {.partitions = 0}); }), errc::invalid_argument);
    open_sqlite(place / "a");
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "a", {.mode = open_mode::create}); }), errc::already_exists);
    std::ofstream(place / "a/manifest") << "leftfold store\nformat 3\n" << std::string(487, '\n');
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "a"); }), errc::newer_format);
    std::ofstream(place / "a/manifest") << "something else";
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "a"); }), errc::foreign_file);
}

TEST(sqlite_store, a_partition_that_is_missing_swapped_or_of_another_store_is_seen_at_open) {
    const temporary_directory place;
    const auto file = [&](const char* store, int partition) {
        return place / (std::string(store) + "/partition-000" + std::to_string(partition) + ".db");
    };
    open_sqlite(place / "a");
    open_sqlite(place / "b");
    std::filesystem::copy_file(file("b", 0), file("a", 0), std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "a"); }), errc::foreign_file);
    std::filesystem::copy_file(file("b", 0), file("b", 1), std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "b"); }), errc::corrupt);
    open_sqlite(place / "c");
    std::filesystem::remove(file("c", 2));
    EXPECT_EQ(failure_of([&] { open_sqlite(place / "c"); }), errc::not_found);
    open_sqlite(place / "d");
    std::filesystem::resize_file(file("d", 3), 100);
    EXPECT_NE(failure_of([&] { open_sqlite(place / "d"); }), errc::ok);
    EXPECT_NE(failure_of([&] { open_sqlite(place / "d", {.access = access::read_only}); }), errc::ok);
}

TEST(sqlite_store, a_snapshot_is_found_by_version_time_and_fingerprint) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store");
    auto& snapshots = store.snapshots();
    for (int v : {10, 20, 30})
        snapshots.save({.stream = alice,
                        .version = version(v),
                        .recorded = recorded_at::from_micros(v * 100),
                        .fingerprint = 7,
                        .state = std::string(1, static_cast<char>(v))});
    const auto find = [&](std::uint64_t fingerprint, int at_most, int not_after) {
        const auto found = snapshots.find(alice, fingerprint, version(at_most), recorded_at::from_micros(not_after));
        return found ? found->version.value() : 0;
    };
    EXPECT_EQ(find(7, 100, 100'000), 30);
    EXPECT_EQ(find(7, 29, 100'000), 20);
    EXPECT_EQ(find(7, 100, 1'999), 10);
    EXPECT_EQ(find(8, 100, 100'000), 0);
    snapshots.drop(alice, version(15), version(25));
    EXPECT_EQ(find(7, 29, 100'000), 10);
}

TEST(sqlite_store, snapshots_that_were_kept_before_they_had_an_index_by_time_get_one) {
    const temporary_directory place;
    const auto save = [&](int v) {
        open_sqlite(place / "bank.store")
            .snapshots()
            .save({.stream = alice, .version = version(v), .recorded = recorded_at::from_micros(v), .state = "x"});
    };
    const auto file = place / "bank.store" / "snapshots.db";
    const auto indices = [&] {
        return sqlite::connection(file).query_text("SELECT name FROM sqlite_schema WHERE name = 'snapshot_by_time'");
    };
    save(1);
    sqlite::connection(file, {.mode = sqlite::file_access::read_write}).execute("DROP INDEX snapshot_by_time");
    const auto find = [&] {
        auto store = open_sqlite(place / "bank.store", {.access = access::read_only});
        return store.snapshots().find(alice, 0, version(9), recorded_at::from_micros(1))->version;
    };
    EXPECT_EQ(find(), version(1)) << "a reader does without";
    EXPECT_EQ(indices(), "");
    save(2);
    EXPECT_EQ(indices(), "snapshot_by_time");
    EXPECT_EQ(find(), version(1));
}

TEST(sqlite_store, a_checkpoint_is_read_as_it_was_saved) {
    const temporary_directory place;
    checkpoint reached{.epoch = store_epoch(3), .consumed = cut({offset(5), offset(0)}), .chains = {{}, {}}};
    reached.store.bytes[3] = 9;
    reached.chains[1][31] = 1;
    {
        auto store = open_sqlite(place / "bank.store");
        EXPECT_EQ(store.checkpoints().load("relay"), std::nullopt);
        store.checkpoints().save("relay", reached);
    }
    auto store = open_sqlite(place / "bank.store", {.access = access::read_only});
    EXPECT_EQ(store.checkpoints().load("relay"), reached);
    EXPECT_EQ(failure_of([&] { store.checkpoints().drop("relay"); }), errc::read_only);
}

}  // namespace sqlite_store_test
}  // namespace leftfold
