#include "leftfold/framework/find_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <iostream>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "framework/random_story.hpp"
#include "leftfold/framework/where.hpp"

namespace find_state_test {

using bank::account;
using leftfold::bisect, leftfold::first_where;
using leftfold::errc, leftfold::repository, leftfold::version, leftfold::where;

struct rising {
    leftfold::testing::store store;
    repository<account> accounts{store, {.snapshots = {.every = 100, .spacing = 100}}};

    explicit rising(int events) {
        for (int left = events; left > 0; left -= 500)
            accounts.execute("ann", [&](account& a) {
                for (int i = 0; i < std::min(left, 500); ++i) a.deposit(1);
            });
    }
};

TEST(first_where, finds_the_first_state_and_the_event_that_made_it) {
    rising world{30};
    const auto found = first_where(world.accounts, "ann", [](const account& a) { return a.balance() >= 7; });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->state->balance(), 7);
    EXPECT_EQ(found->state.version(), version{7});
    EXPECT_EQ(found->event.version, version{7});
    EXPECT_EQ(found->event.type, "bank.deposited");
    EXPECT_EQ(found->states_made, 7U);
}

TEST(first_where, takes_a_condition_as_text) {
    rising world{30};
    const auto found = first_where(world.accounts, "ann", where<account>{"$.moves_[11] = 1"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->event.version, version{12});
}

TEST(first_where, gives_nothing_when_no_state_is_so) {
    rising world{3};
    EXPECT_FALSE(first_where(world.accounts, "ann", where<account>{"$.balance_ < 0"}));
    EXPECT_FALSE(first_where(world.accounts, "ben", where<account>{"$.balance_ = 0"})) << "there is no such stream";
}

TEST(first_where, looks_at_a_part_of_the_history_when_given_one) {
    rising world{30};
    const where<account> small{"$.balance_ > 0"};
    const auto found = first_where(world.accounts, "ann", world.accounts.since("ann", version{20}), small);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->event.version, version{21});
}

TEST(bisect, finds_where_the_condition_turns_in_few_loads) {
    rising world{2'000};
    const auto found = bisect(world.accounts, "ann", where<account>{"$.balance_ >= 1234"});
    EXPECT_EQ(found.event.version, version{1'234});
    EXPECT_EQ(found.state->balance(), 1'234);
    EXPECT_LE(found.states_made, 13U) << "two ends and eleven halvings";
    const auto all = first_where(world.accounts, "ann", where<account>{"$.balance_ >= 1234"});
    EXPECT_EQ(all->event.id, found.event.id);
    std::cout << "bisect: " << found.states_made << " loads, first_where " << all->states_made << " states\n";
}

TEST(bisect, keeps_to_its_range) {
    rising world{30};
    const auto is_even = [](const account& a) { return a.balance() % 2 == 0; };
    const auto found = bisect(world.accounts, "ann", is_even, {.from = version{5}, .to = version{8}});
    EXPECT_TRUE(found.event.version == version{6} || found.event.version == version{8});
}

TEST(bisect, needs_false_at_the_start_and_true_at_the_end) {
    rising world{30};
    const auto refused = [&](std::string_view why, const where<account>& holds, leftfold::bisect_range range = {}) {
        expect_error(errc::invalid_argument, why, [&] { bisect(world.accounts, "ann", holds, range); });
    };
    refused("must be false at the start", where<account>{"$.balance_ >= 0"});
    refused("must be true at the end", where<account>{"$.balance_ > 30"});
    refused("must be true at the end", where<account>{"$.balance_ > 10"}, {.to = version{10}});
    refused("no event between", where<account>{"$.balance_ > 1"}, {.from = version{9}, .to = version{9}});
    refused("no event between", where<account>{"$.balance_ > 1"}, {.from = version{31}});
    expect_error(errc::invalid_argument, "no event between",
                 [&] { bisect(world.accounts, "ben", where<account>{"$.balance_ > 1"}); });
}

TEST(find_state, equals_a_naive_search_over_any_history) {
    std::size_t turned = 0;
    const bool holds = rc::check("first_where and bisect equal a naive search", [&] {
        const random_story story{*any_story()};
        const auto events = story.events("ann");
        const auto moves = naive_moves(events);
        const auto limit = *rc::gen::inRange<std::int64_t>(0, 3'000);
        const where<account> above{"$.balance_ > " + std::to_string(limit)};
        std::int64_t sum = 0;
        std::size_t first = 0;
        while (first < moves.size() && (sum += moves[first]) <= limit) ++first;
        const auto found = first_where(story.accounts(), "ann", above);
        RC_ASSERT(found.has_value() == (first < moves.size()));
        if (!found) return;
        ++turned;
        RC_ASSERT(found->event.id == events[first].id);
        RC_ASSERT(found->state->balance() == sum);
        RC_ASSERT(bisect(story.accounts(), "ann", above).event.id == events[first].id);
    });
    EXPECT_TRUE(holds);
    EXPECT_GT(turned, 0U);
}

}  // namespace find_state_test
