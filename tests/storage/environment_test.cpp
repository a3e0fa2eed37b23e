#include "leftfold/storage/environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <thread>
#include <vector>

namespace environment_test {

using namespace leftfold;

class stopped_clock final : public clock_source {
public:
    std::int64_t wall_us() override { return 1; }
    std::int64_t elapsed_us() override { return 2; }
};

TEST(environment, fills_in_only_what_is_missing) {
    const auto clock = std::make_shared<stopped_clock>();
    const auto world = complete({.clock = clock});
    EXPECT_EQ(world.clock, clock);
    EXPECT_NE(world.random, nullptr);
    EXPECT_NE(world.executors, nullptr);
    EXPECT_EQ(world.observer, nullptr) << "nobody is told unless somebody asks";
}

TEST(environment, the_real_clocks_agree_with_the_systems) {
    const auto clock = complete({}).clock;
    const auto before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto wall = clock->wall_us();
    const auto after = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_LE(before.time_since_epoch().count(), wall);
    EXPECT_GE(after.time_since_epoch().count(), wall);
    const auto elapsed = clock->elapsed_us();
    EXPECT_GE(clock->elapsed_us(), elapsed);
}

TEST(environment, the_real_randomness_repeats_nothing) {
    const auto random = complete({}).random;
    const auto other = complete({}).random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_TRUE(seen.insert(random->next()).second);
        EXPECT_TRUE(seen.insert(other->next()).second);
    }
}

TEST(thread_executor, runs_tasks_in_order_on_one_thread_that_is_not_the_callers) {
    const auto executor = complete({}).executors->make_executor();
    std::vector<int> order;
    std::set<std::thread::id> threads;
    std::promise<void> done;
    for (int i = 0; i < 1'000; ++i) {
        executor->post([&, i] {
            order.push_back(i);
            threads.insert(std::this_thread::get_id());
            if (i == 999) done.set_value();
        });
    }
    done.get_future().wait();
    ASSERT_EQ(order.size(), 1'000U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_EQ(threads.size(), 1U);
    EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST(thread_executor, finishes_what_is_queued_before_it_is_gone) {
    int ran = 0;
    {
        const auto executor = complete({}).executors->make_executor();
        for (int i = 0; i < 100; ++i) executor->post([&] { ++ran; });
        executor->post([&] { executor->post([&] { ++ran; }); });  // what a queued task queues counts too
    }
    EXPECT_EQ(ran, 101);
}

TEST(thread_executor, takes_tasks_from_many_threads) {
    std::atomic<int> ran = 0;
    {
        const auto executor = complete({}).executors->make_executor();
        std::vector<std::thread> posters;
        for (int t = 0; t < 4; ++t) {
            posters.emplace_back([&] {
                for (int i = 0; i < 500; ++i) executor->post([&] { ++ran; });
            });
        }
        for (auto& poster : posters) poster.join();
    }
    EXPECT_EQ(ran, 2'000);
}

TEST(thread_executor, lets_a_task_go_once_it_has_run) {
    const auto executor = complete({}).executors->make_executor();
    auto held = std::make_shared<int>(1);
    std::weak_ptr<int> watch = held;
    std::promise<void> next;
    executor->post([held = std::move(held)] {});
    executor->post([&] { next.set_value(); });
    next.get_future().wait();
    EXPECT_TRUE(watch.expired());
}

}  // namespace environment_test
