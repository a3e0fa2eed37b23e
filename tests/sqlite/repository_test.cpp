// Aggregates over a store that is closed and opened again.
#include "leftfold/framework/repository.hpp"

#include <gtest/gtest.h>

#include "framework/bank.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/temporary_directory.hpp"

namespace repository_test {

using bank::account;
using leftfold::repository;
using leftfold::test_support::temporary_directory;

const leftfold::repository_options by_ten{.snapshots = {.every = 10, .spacing = 30}};

TEST(sqlite_repository, aggregates_commands_and_snapshots_survive_closing_the_store) {
    const temporary_directory folder;
    const leftfold::command_id id{"request-1"};
    const auto deposit = [](account& a) { a.deposit(1); };
    leftfold::position first;
    leftfold::cut then;
    {
        auto store = leftfold::open_sqlite(folder.path() / "bank.store");
        repository<account> accounts{store, by_ten};
        first = accounts.execute(id, "ann", deposit).position;
        for (int i = 0; i < 44; ++i) accounts.execute("ann", deposit);
        then = accounts.load("ann").cut();
        EXPECT_GT(accounts.snapshots().kept, 0U);
    }
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    repository<account> accounts{store, by_ten};
    EXPECT_EQ(accounts.load("ann")->balance(), 45);
    EXPECT_EQ(accounts.snapshots().used, 1U);
    EXPECT_EQ(accounts.snapshots().discarded, 0U);

    const auto again = accounts.execute(id, "ann", deposit);
    EXPECT_EQ(again.position, first);
    EXPECT_EQ(again.attempts, 0);

    accounts.execute("ann", deposit);
    EXPECT_EQ(accounts.load("ann")->balance(), 46);
    EXPECT_EQ(accounts.at("ann", then)->balance(), 45);
    EXPECT_EQ(accounts.at_version("ann", leftfold::version{7})->balance(), 7);
    const auto seventh = store.read_stream({"account", "ann"}, {.from = leftfold::version{7}, .count = 1}).at(0);
    EXPECT_EQ(accounts.as_of("ann", seventh.recorded)->balance(), 7);
    EXPECT_EQ(accounts.as_of("ann", seventh.occurred)->balance(), 7);
}

TEST(sqlite_repository, a_reader_uses_snapshots_and_makes_none) {
    const temporary_directory folder;
    auto store = leftfold::open_sqlite(folder.path() / "bank.store");
    repository<account> writing{store, by_ten};
    for (int i = 0; i < 25; ++i) writing.execute("ann", [](account& a) { a.deposit(1); });
    auto beside = leftfold::open_sqlite(folder.path() / "bank.store", {.access = leftfold::access::read_only});
    repository<account> reading{beside, by_ten};
    EXPECT_EQ(reading.load("ann")->balance(), 25);
    EXPECT_EQ(reading.snapshots().used, 1U);
    EXPECT_EQ(reading.snapshots().kept, 0U);
    EXPECT_THROW(reading.execute("ann", [](account& a) { a.deposit(1); }), leftfold::error);
}

}  // namespace repository_test
