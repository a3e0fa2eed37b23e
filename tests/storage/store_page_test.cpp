// The snippets of docs/store.md and docs/engines.md.
#include <gtest/gtest.h>

#include "leftfold/testing/store.hpp"

namespace store_page_test {

using leftfold::event_data;
using leftfold::expected_version;
using leftfold::stream_append;
using leftfold::stream_id;
using leftfold::version;

std::vector<event_data> one(std::string type, std::string payload) {
    std::vector<event_data> events;
    events.emplace_back(std::move(type), std::move(payload));
    return events;
}

TEST(store_page, appends_and_shows_what_a_loser_missed) {
    leftfold::testing::store store;
    // An append that names the version it expects either is stored whole or tells what it missed.
    const stream_id alice("account", "alice");
    auto opened = store.append(alice, expected_version::none(), one("bank.opened", R"({"owner":"Alice"})"));
    auto paid =
        store.append(alice, expected_version::exactly(opened->version()), one("bank.deposited", R"({"cents":50})"));
    auto lost = store.append(alice, expected_version::exactly(opened->version()), one("bank.closed", "{}"));
    if (!lost) {
        for (const auto& event : lost.error().missed) EXPECT_EQ(event.type, "bank.deposited");
    }
    // …
    EXPECT_TRUE(paid.has_value());
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().missed.size(), 1U);
}

TEST(store_page, appends_to_two_streams_at_once) {
    leftfold::testing::store store;
    // What stands between the braces decides the partition: these two share one.
    std::vector<stream_append> transfer{
        {stream_id("account", "{branch1}/alice"), expected_version::any(), one("bank.withdrawn", R"({"cents":20})")},
        {stream_id("account", "{branch1}/bob"), expected_version::any(), one("bank.deposited", R"({"cents":20})")}};
    auto done = store.append(transfer);
    // …
    EXPECT_EQ(done->versions, (std::vector{version{1}, version{1}}));
}

TEST(store_page, repeats_an_append_without_storing_it_twice) {
    leftfold::testing::store store;
    const stream_id alice("account", "alice");
    auto events = one("bank.deposited", R"({"cents":50})");
    events[0].id = leftfold::derive_event_id("payment 4711");
    auto first = store.append(alice, expected_version::any(), events);
    auto again = store.append(alice, expected_version::any(), events);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->position, first->position);
    // …
    EXPECT_EQ(store.read_stream(alice).size(), 1U);
}

}  // namespace store_page_test
