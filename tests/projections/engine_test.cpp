#include "leftfold/projections/projection_engine.hpp"

#include <gtest/gtest.h>

#include "leftfold/storage/memory_store.hpp"
#include "projections/bank.hpp"
#include "support/temporary_directory.hpp"

namespace {

class projection_engine : public testing::Test {
protected:
    leftfold::projection_options views() const { return {.database = directory_ / "views.db"}; }

    leftfold::test_support::temporary_directory directory_;
    leftfold::event_store store_ = leftfold::open_memory();
};

TEST_F(projection_engine, folds_what_was_appended_and_what_is_appended_later) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    const auto done = bank::append(store_, "alice", bank::deposited{100});
    engine.wait_for(done.position);
    EXPECT_EQ(read.rows.find("alice"), (bank::balance{"alice", 100}));
    EXPECT_EQ(read.rows.find("bob"), std::nullopt);
    EXPECT_EQ(read.rows.count(), 1);
}

TEST_F(projection_engine, answers_as_of_a_past_time) {
    const auto first = bank::append(store_, "alice", bank::opened{"Alice"});
    const auto second = bank::append(store_, "alice", bank::deposited{100});
    const auto third = bank::append(store_, "alice", bank::withdrawn{30});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    EXPECT_EQ(read.rows.as_of(first.recorded).find("alice")->cents, 0);
    EXPECT_EQ(read.rows.as_of(second.recorded).find("alice")->cents, 100);
    EXPECT_EQ(read.rows.as_of(third.recorded).find("alice")->cents, 70);
    const auto before = leftfold::recorded_at::from_micros(first.recorded.micros() - 1);
    EXPECT_EQ(read.rows.as_of(before).find("alice"), std::nullopt);
    EXPECT_EQ(read.rows.as_of(before).count(), 0);
}

}  // namespace
