// The snippet of docs/forks.md.
#include <gtest/gtest.h>

#include "framework/bank.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/fork.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "support/temporary_directory.hpp"

namespace forks_page_test {

using bank::account;

TEST(forks_page, branches_a_store_at_a_past_moment) {
    const leftfold::test_support::temporary_directory place;
    auto clock = std::make_shared<leftfold::testing::manual_clock>();
    auto store = leftfold::open_sqlite(place / "bank.store", {.store = {.world = {.clock = clock}}});
    leftfold::repository<account> accounts{store};
    accounts.execute("alice", [](account& a) { a.deposit(100); });
    clock->advance(std::chrono::days{1});
    const auto march_15 = clock->now();
    clock->advance(std::chrono::days{1});
    accounts.execute("alice", [](account& a) { a.withdraw(30); });

    auto what_if = leftfold::fork(store, leftfold::recorded_at{march_15}, place / "what-if.store");
    leftfold::repository<account> others{what_if};
    others.execute("alice", [](account& a) { a.deposit(500); });
    EXPECT_EQ(others.load("alice")->balance(), 600);
    EXPECT_EQ(accounts.load("alice")->balance(), 70);  // what did happen
    EXPECT_EQ(others.as_of("alice", leftfold::recorded_at{march_15})->balance(), 100);
}

}  // namespace forks_page_test
