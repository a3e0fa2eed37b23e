#include "leftfold/storage/reading.hpp"

#include <gtest/gtest.h>

namespace reading_test {

using namespace leftfold;

bool matches(const event_filter& filter) {
    static const headers metadata{{"actor", "ann"}, {"actor", "bob"}, {"region", "eu"}};
    event_view envelope;
    envelope.category = "account";
    envelope.type = "bank.deposited";
    envelope.metadata = metadata;
    return filter.matches(envelope);
}

TEST(event_filter, an_empty_one_matches_everything) {
    EXPECT_TRUE(event_filter{}.empty());
    EXPECT_TRUE(matches({}));
}

TEST(event_filter, any_entry_of_a_list_will_do) {
    EXPECT_TRUE(matches({.categories = {"order", "account"}}));
    EXPECT_FALSE(matches({.categories = {"order", "accounts"}}));
    EXPECT_TRUE(matches({.types = {"bank.deposited"}}));
    EXPECT_FALSE(matches({.types = {"bank.deposit"}}));
    EXPECT_TRUE(matches({.headers = {{"actor", "bob"}}})) << "a second header of the name counts too";
    EXPECT_TRUE(matches({.headers = {{"actor", "eve"}, {"region", "eu"}}}));
    EXPECT_FALSE(matches({.headers = {{"actor", "eu"}, {"region", "bob"}}}));
}

TEST(event_filter, every_list_that_is_not_empty_must_match) {
    EXPECT_TRUE(matches({.categories = {"account"}, .types = {"bank.deposited"}, .headers = {{"actor", "ann"}}}));
    EXPECT_FALSE(matches({.categories = {"account"}, .types = {"bank.withdrawn"}}));
    EXPECT_FALSE(matches({.categories = {"account"}, .headers = {{"actor", "eve"}}}));
    EXPECT_FALSE(matches({.categories = {"order"}, .types = {"bank.deposited"}}));
}

}  // namespace reading_test
