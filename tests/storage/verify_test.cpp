#include "leftfold/storage/verify.hpp"

#include <gtest/gtest.h>

#include "integrity.hpp"
#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "storage/expect_error.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace verify_test {

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

TEST(verify, finds_events_that_were_appended_together_sound) {
    auto store = open_memory({.partitions = 1});
    std::vector<event_data> three(3, event_data("bank.deposited", R"({"cents":5})"));
    store.append(stream_id("account", "ann"), expected_version::none(), std::move(three)).value();
    const auto report = verify(store);
    EXPECT_TRUE(report.sound()) << report.damages.front().what;
    EXPECT_EQ(report.events, 3);
}

TEST(verify, refuses_to_look_without_room_for_what_it_finds) {
    auto store = open_memory();
    EXPECT_NE(expect_error(errc::invalid_argument, [&] { verify(store, {.damages = 0}); }), "");
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

TEST(verify, compares_every_place_that_it_is_told_of) {
    auto store = open_memory({.partitions = 1});
    append(store, "ann", 10);
    const auto ten = verify(store).reached;
    append(store, "ann", 10);
    EXPECT_TRUE(verify(store, {.known = {ten, verify(store).reached}}).sound());
    auto further = ten;
    further.consumed.set(partition_id{0}, offset(21));
    auto other = ten;
    other.chains[0][0] ^= 1;
    const auto report = verify(store, {.since = ten, .known = {further, ten, other}});
    ASSERT_EQ(report.damages.size(), 2u);
    EXPECT_EQ(report.damages[0].where, (position{partition_id{0}, offset(21)}));
    EXPECT_EQ(report.damages[1].where, (position{partition_id{0}, offset(10)}));
    EXPECT_EQ(report.events, 10);
}

TEST(verify, refuses_a_place_of_another_store) {
    auto store = open_memory();
    auto stranger = open_memory();
    append(stranger, "ann", 1);
    const auto there = verify(stranger).reached;
    expect_error(errc::invalid_argument, [&] { verify(store, {.since = there}); });
    expect_error(errc::invalid_argument, [&] { verify(store, {.known = {there}}); });
}

/// Fills one partition, below the store, with a stream whose versions are these. Returns the chain after each.
std::vector<chain_hash> append_versions(store_parts& parts, const std::vector<std::int64_t>& versions) {
    auto fence = parts.log->claim(partition_id{0}, "a test");
    chain_hasher hasher;
    std::vector<chain_hash> chains(1);
    for (const auto number : versions) {
        recorded_event event;
        event.at = fence.head.at.next();
        event.recorded = recorded_at::from_micros(event.at.value());
        event.stream = stream_id("account", "ann");
        event.version = version(number);
        event.type = "bank.deposited";
        event.id = derive_event_id(std::to_string(number));
        auto view = event.view();
        view.integrity.chain = hasher.next(chains.back(), view);
        chains.push_back(view.integrity.chain);
        seal(view);
        EXPECT_EQ(parts.log->append(fence, std::span(&view, 1)).status, append_status::committed);
    }
    chains.erase(chains.begin());
    return chains;
}

TEST(verify, finds_a_version_that_is_missing_before_what_it_reads) {
    const test_support::temporary_directory directory;
    auto parts = make_sqlite_parts(directory / "a", {.partitions = 1});
    const auto chains = append_versions(parts, {1, 2, 4, 5});
    event_store store(std::move(parts));
    const auto since = [&](std::int64_t at) {
        return checkpoint{.store = store.id(),
                          .epoch = store.epoch(),
                          .consumed = cut({offset(at)}),
                          .chains = {chains[static_cast<std::size_t>(at) - 1]}};
    };
    const auto report = verify(store, {.since = since(2)});
    ASSERT_EQ(report.damages.size(), 1u);
    EXPECT_EQ(report.damages[0].where, (position{partition_id{0}, offset(3)}));
    EXPECT_TRUE(verify(store, {.since = since(3)}).sound());
}

}  // namespace verify_test
}  // namespace leftfold
