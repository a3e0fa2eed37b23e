// What a backup looks at before it says that it is one. Under load it is in tests/trust/backup_test.cpp.
#include "leftfold/storage/backup.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string_view>

#include "leftfold/storage/sqlite_store.hpp"
#include "storage/expect_error.hpp"
#include "support/changed_by_hand.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace backup_test {

using test_support::change_by_hand;
using test_support::temporary_directory;

class a_backup : public ::testing::Test {
public:
    a_backup() { deposit(10); }

    void deposit(int times) {
        for (int i = 0; i != times; ++i) {
            std::vector<event_data> events;
            events.emplace_back("bank.deposited", R"({"cents":5})");
            store.append({"account", "alice"}, expected_version::any(), std::move(events)).value();
        }
    }

    const temporary_directory place;
    const std::filesystem::path target = place / "bank.backup";
    event_store store = open_sqlite(place / "bank.store", {.partitions = 1});
};

TEST_F(a_backup, is_read_back_as_far_as_the_run_brought_it) {
    EXPECT_EQ(backup(store, target).verified, 10);
    deposit(3);
    const auto more = backup(store, target);
    EXPECT_EQ(more.events, 3);
    EXPECT_EQ(more.verified, 3);
    EXPECT_EQ(backup(store, target).verified, 0);
}

TEST_F(a_backup, of_which_an_event_is_not_what_was_written_is_told_by_its_place) {
    // The end of the chain, which is compared with the source's, is as it should be.
    const auto alter = [&](std::int64_t, std::int64_t) {
        change_by_hand(target / "partition-0000.db", "DROP TRIGGER event_is_never_changed");
        change_by_hand(target / "partition-0000.db", R"(UPDATE event SET payload = '{"cents":6}' WHERE "offset" = 4)");
    };
    const auto told = expect_error(errc::corrupt, [&] { backup(store, target, {.progress = alter}); });
    EXPECT_NE(told.find("0:4"), std::string::npos) << told;
}

TEST_F(a_backup, whose_run_was_broken_off_is_read_back_whole) {
    struct broken_off {};
    EXPECT_THROW(backup(store, target, {.progress = [](auto, auto) { throw broken_off{}; }}), broken_off);
    deposit(1);
    const auto carried_on = backup(store, target);
    EXPECT_EQ(carried_on.events, 1);
    EXPECT_EQ(carried_on.verified, 11);
}

TEST_F(a_backup, whose_first_run_was_broken_off_while_it_made_its_files_is_made_whole) {
    struct broken_off {};
    const auto file = target / "partition-0000.db";
    for (const auto* const as_left : {"empty", "no tables yet", "gone"}) {
        std::filesystem::remove_all(target);
        EXPECT_THROW(backup(store, target, {.progress = [](auto, auto) { throw broken_off{}; }}), broken_off);
        for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
        if (std::string_view(as_left) != "gone") std::ofstream{file} << "";
        if (std::string_view(as_left) == "no tables yet") change_by_hand(file, "PRAGMA journal_mode = WAL");
        EXPECT_EQ(backup(store, target).verified, 10) << as_left;
    }
}

TEST_F(a_backup, whose_rehearsal_was_killed_is_rehearsed_again) {
    backup(store, target);
    const auto scratch = place / "bank.backup.rehearsal";
    std::filesystem::create_directory(scratch);
    std::ofstream{scratch / "rehearsal"} << "";
    restore(target, scratch);
    EXPECT_EQ(backup(store, target, {.rehearse = true}).verified, 10);
    EXPECT_FALSE(std::filesystem::exists(scratch));
}

TEST_F(a_backup, whose_rehearsal_fails_leaves_nothing) {
    backup(store, target);
    change_by_hand(target / "partition-0000.db", "DROP TRIGGER event_is_never_changed");
    change_by_hand(target / "partition-0000.db", R"(UPDATE event SET payload = '{"cents":6}' WHERE "offset" = 4)");
    expect_error(errc::corrupt, [&] { backup(store, target, {.rehearse = true}); });
    EXPECT_FALSE(std::filesystem::exists(place / "bank.backup.rehearsal"));
}

TEST(a_store_that_cannot_be_closed, is_not_backed_up_in_part) {
    const temporary_directory place;
    {
        auto owner = open_sqlite(place / "bank.store", {.partitions = 1});
        std::vector<event_data> events;
        events.emplace_back("bank.deposited", R"({"cents":5})");
        owner.append({"account", "alice"}, expected_version::any(), std::move(events)).value();
        owner.close();
    }
    std::filesystem::remove(place / "bank.store/live");
    std::filesystem::create_directory(place / "bank.store/live");  // what nobody can write to, or read
    auto store = open_sqlite(place / "bank.store", {.access = access::read_only, .mode = open_mode::open_existing});
    expect_error(errc::not_closed, [&] { backup(store, place / "bank.backup"); });
}

TEST_F(a_backup, that_is_rehearsed_is_restored_beside_it_and_leaves_nothing) {
    backup(store, target);
    deposit(2);
    const auto rehearsed = backup(store, target, {.rehearse = true});
    EXPECT_EQ(rehearsed.events, 2);
    EXPECT_EQ(rehearsed.verified, 12);
    EXPECT_FALSE(std::filesystem::exists(place / "bank.backup.rehearsal"));
}

TEST_F(a_backup, is_not_rehearsed_over_what_stands_there) {
    restore((backup(store, target), target), place / "bank.backup.rehearsal");
    expect_error(errc::already_exists, [&] { backup(store, target, {.rehearse = true}); });
    EXPECT_TRUE(std::filesystem::exists(place / "bank.backup.rehearsal"));
}

}  // namespace backup_test
}  // namespace leftfold
