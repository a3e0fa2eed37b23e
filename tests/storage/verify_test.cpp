#include "leftfold/storage/verify.hpp"

#include <gtest/gtest.h>

#include "leftfold/storage/memory_store.hpp"

namespace leftfold {
namespace {

void append(event_store& store, const std::string& key, int events) {
    for (int i = 0; i != events; ++i) {
        std::vector<event_data> one;
        one.emplace_back("bank.deposited", R"({"cents":5})");
        store.append(stream_id("account", key), expected_version::any(), std::move(one)).value();
    }
}

TEST(verify, finds_a_sound_store_sound) {
    auto store = open_memory({.partitions = 3});
    for (const auto* key : {"ann", "bob", "carol", "dave"}) append(store, key, 25);
    const auto report = verify(store);
    EXPECT_TRUE(report.sound()) << report.damages.front().what;
    EXPECT_EQ(report.events, 100);
    EXPECT_EQ(report.reached.consumed, store.heads());
}

TEST(verify, goes_on_from_where_it_ended) {
    auto store = open_memory({.partitions = 2});
    append(store, "ann", 10);
    const auto first = verify(store);
    append(store, "ann", 3);
    append(store, "bob", 4);
    const auto second = verify(store, {.since = first.reached});
    EXPECT_TRUE(second.sound()) << second.damages.front().what;
    EXPECT_EQ(second.events, 7);
    EXPECT_EQ(second.reached, verify(store).reached);
}

TEST(verify, sees_that_another_history_stands_where_it_ended) {
    auto store = open_memory({.partitions = 1});
    append(store, "ann", 10);
    auto other = verify(store).reached;
    other.chains[0][7] ^= 1;
    const auto report = verify(store, {.since = other});
    ASSERT_EQ(report.damages.size(), 1u);
    EXPECT_EQ(report.damages[0].where.at, offset(10));
}

}  // namespace
}  // namespace leftfold
