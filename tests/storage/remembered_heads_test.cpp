#include <gtest/gtest.h>

#include <limits>
#include <memory>

#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold {
namespace remembered_heads_test {

void expect_that_a_group_forgets_nothing(const store_limits& limits) {
    const auto executors = std::make_shared<testing::queued_executors>();
    auto store = open_memory({.partitions = 1, .store = {.limits = limits, .world = {.executors = executors}}});
    constexpr int streams = 20;
    const auto stream = [](int number) { return stream_id("account", "owner" + std::to_string(number)); };
    int stored = 0;
    int lost = 0;
    const auto send = [&](int number, expected_version expected) {
        std::vector<stream_append> one;
        one.emplace_back(stream(number), expected, std::vector<event_data>{{"bank.opened", "{}"}});
        store.start_append(std::move(one), {},
                           [&](std::error_code, append_result outcome) { ++(outcome ? stored : lost); });
    };
    for (int i = 0; i != streams; ++i) send(i, expected_version::none());
    for (int i = 0; i != streams; ++i) send(i, expected_version::none());  // each has lost its race
    for (int i = 0; i != streams; ++i) send(i, expected_version::any());
    executors->run();
    EXPECT_EQ(stored, 2 * streams);
    EXPECT_EQ(lost, streams);
    for (int i = 0; i != streams; ++i) {
        const auto events = store.read_stream(stream(i));
        ASSERT_EQ(events.size(), 2u) << i;
        EXPECT_EQ(events[0].version, version(1));
        EXPECT_EQ(events[1].version, version(2));
    }
}

TEST(remembered_heads, what_one_group_changes_is_not_forgotten_on_the_way) {
    expect_that_a_group_forgets_nothing({.remembered_heads_bytes = 1});
}

TEST(remembered_heads, nothing_is_forgotten_on_the_way_where_groups_have_no_limit) {
    constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
    expect_that_a_group_forgets_nothing(
        {.batch_events = unlimited, .group_events = unlimited, .remembered_heads_bytes = 0});
}

}  // namespace remembered_heads_test
}  // namespace leftfold
