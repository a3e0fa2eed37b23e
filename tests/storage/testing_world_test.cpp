#include <gtest/gtest.h>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/testing/store.hpp"
#include "storage/expect_error.hpp"

namespace testing_world_test {

// What testing offers to applications: a world that stands still until it is told to move.

using namespace leftfold;
using namespace std::chrono_literals;
using leftfold::testing::manual_clock;
using leftfold::testing::queued_executors;
using leftfold::testing::seeded_random;

const stream_id alice("account", "alice");

std::vector<event_data> one() { return {event_data("bank.opened", "{}")}; }

TEST(manual_clock, moves_only_when_told) {
    manual_clock clock;
    const auto start = clock.now();
    EXPECT_EQ(clock.wall_us(), start.time_since_epoch().count());
    EXPECT_EQ(clock.elapsed_us(), 0);
    clock.advance(5s);
    EXPECT_EQ(clock.now(), start + 5s);
    EXPECT_EQ(clock.elapsed_us(), 5'000'000);
    clock.set_wall(start);
    EXPECT_EQ(clock.now(), start);
    EXPECT_EQ(clock.elapsed_us(), 5'000'000) << "setting a clock takes no time";
    clock.advance_to(start + 1s);
    clock.advance_to(start);
    EXPECT_EQ(clock.now(), start + 1s);
    EXPECT_EQ(clock.elapsed_us(), 6'000'000);
}

TEST(manual_clock, lets_neither_negative_time_pass_nor_more_than_it_can_show) {
    using leftfold::testing::passing_time_max;
    manual_clock clock;
    const auto start = clock.now();
    for (const std::chrono::microseconds wrong : {std::chrono::microseconds{-1}, passing_time_max + 1us,
                                                  std::chrono::microseconds::max(), std::chrono::microseconds::min()})
        expect_error(errc::invalid_argument, [&] { clock.advance(wrong); });
    expect_error(errc::invalid_argument, [&] { clock.advance_to(instant::max()); });
    EXPECT_EQ(clock.now(), start);
    EXPECT_EQ(clock.elapsed_us(), 0);
    clock.advance(passing_time_max);
    EXPECT_EQ(clock.now(), start + passing_time_max);
    clock.set_wall(instant::min());
    expect_error(errc::invalid_argument, [&] { clock.advance_to(instant::max()); });
}

TEST(seeded_random, repeats_itself) {
    seeded_random a(7);
    seeded_random b(7);
    seeded_random c(8);
    const auto first = a.next();
    EXPECT_EQ(first, b.next());
    EXPECT_NE(first, c.next());
    EXPECT_NE(first, a.next());
}

TEST(queued_executors, run_nothing_until_told_and_then_in_order) {
    queued_executors executors;
    const auto first = executors.make_executor();
    const auto second = executors.make_executor();
    std::string order;
    first->post([&] {
        order += 'a';
        second->post([&] { order += 'c'; });
    });
    second->post([&] { order += 'b'; });
    EXPECT_EQ(order, "");
    EXPECT_TRUE(executors.run_one());
    EXPECT_EQ(order, "a");
    EXPECT_EQ(executors.run(), 2U);
    EXPECT_EQ(order, "abc");
    EXPECT_FALSE(executors.run_one());
}

TEST(queued_executors, finish_what_is_queued_before_an_executor_is_gone) {
    queued_executors executors;
    int ran = 0;
    executors.make_executor()->post([&] { ++ran; });
    EXPECT_EQ(ran, 1);
}

TEST(queued_executors, let_a_whole_store_run_on_one_thread) {
    const auto executors = std::make_shared<queued_executors>();
    event_store store(make_memory_parts(2, event_id{}), {.world = {.clock = std::make_shared<manual_clock>(),
                                                                   .random = std::make_shared<seeded_random>(),
                                                                   .executors = executors}});
    int answered = 0;
    for (int i = 0; i < 3; ++i) {
        std::vector<stream_append> streams;
        streams.emplace_back(alice, expected_version::any(), one());
        store.start_append(std::move(streams), {}, [&](std::error_code, append_result) { ++answered; });
    }
    EXPECT_EQ(answered, 0);
    executors->run();
    EXPECT_EQ(answered, 3);
    EXPECT_EQ(store.head(alice), version{3});
}

TEST(queued_executors, show_a_full_queue) {
    const auto executors = std::make_shared<queued_executors>();
    event_store store(make_memory_parts(1, event_id{}),
                      {.limits = {.queue_appends = 2}, .world = {.executors = executors}});
    std::vector<std::error_code> answers;
    const auto start = [&](when_full queue) {
        std::vector<stream_append> streams;
        streams.emplace_back(alice, expected_version::any(), one());
        store.start_append(std::move(streams), {.queue = queue},
                           [&](std::error_code failed, append_result) { answers.push_back(failed); });
    };
    start(when_full::refuse);
    start(when_full::refuse);
    EXPECT_TRUE(answers.empty());
    start(when_full::refuse);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers.front(), errc::would_block);
    start(when_full::wait);  // an asynchronous append does not wait: the queue takes twice as many of them
    executors->run();
    EXPECT_EQ(answers.size(), 4U);
    EXPECT_EQ(store.head(alice), version{3}) << "what was refused is not stored";
}

TEST(testing_store, is_an_event_store_whose_clock_the_test_moves) {
    leftfold::testing::store store;
    const auto first = store.append(alice, expected_version::none(), one());
    ASSERT_TRUE(first);
    EXPECT_EQ(to_rfc3339(first->recorded.time()), "2026-01-01T00:00:00Z");
    store.clock().advance(1h);
    const auto second = store.append(alice, expected_version::exactly(version{1}), one());
    ASSERT_TRUE(second);
    EXPECT_EQ(to_rfc3339(second->recorded.time()), "2026-01-01T01:00:00Z");
    EXPECT_EQ(store.cut_at(first->recorded).at(first->position.partition), first->position.at);
}

TEST(testing_store, makes_the_same_ids_in_every_run) {
    const auto ids = [](std::uint64_t seed) {
        leftfold::testing::store store({.seed = seed});
        (void)store.append(alice, expected_version::any(), one());
        return to_string(store.read_stream(alice).at(0).id);
    };
    EXPECT_EQ(ids(1), ids(1));
    EXPECT_NE(ids(1), ids(2));
}

}  // namespace testing_world_test
