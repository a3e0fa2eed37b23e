#include "leftfold/framework/blame.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "framework/random_story.hpp"

namespace blame_test {

using bank::account;
using leftfold::blame, leftfold::blamed;
using leftfold::errc, leftfold::member_path, leftfold::repository, leftfold::version;
using namespace std::chrono_literals;

struct ann {
    leftfold::testing::store store{{.partitions = 1}};
    repository<account> accounts{store};

    ann() {
        accounts.execute("ann", [](account& a) { a.open("Ann"); }, {.actor = "teller 7"});
        store.advance(24h);
        accounts.execute("ann", [](account& a) { a.deposit(10); },
                         {.correlation = "visit-3", .causation = "form 12", .actor = "teller 8"});
        store.advance(24h);
        accounts.execute("ann", [](account& a) { a.deposit(0); });
    }
};

TEST(blame, names_the_event_that_set_a_member_last) {
    ann world;
    const auto found = blame(world.accounts, "ann", member_path{"$.balance_"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value, "10");
    EXPECT_EQ(found->origin.type, "bank.deposited");
    EXPECT_EQ(found->origin.version, version{2}) << "a deposit of nothing changed nothing";
    EXPECT_EQ(found->origin.actor, "teller 8");
    EXPECT_EQ(found->origin.correlation, "visit-3");
    EXPECT_EQ(found->origin.causation, "form 12");
    EXPECT_EQ(found->origin.id, world.store.read_stream({"account", "ann"})[1].id);
}

TEST(blame, is_written_in_one_line) {
    ann world;
    EXPECT_EQ(to_string(*blame(world.accounts, "ann", member_path{"$.owner_"})),
              "account.owner_ ← bank.account_opened #1, partition 0 offset 1, actor teller 7, 2026-01-01T00:00:00Z");
    EXPECT_EQ(to_string(*blame(world.accounts, "ann", member_path{"$.balance_"})),
              "account.balance_ ← bank.deposited #2, partition 0 offset 2, actor teller 8, 2026-01-02T00:00:00Z, "
              "correlation visit-3, causation form 12");
    world.accounts.execute("ann", [](account& a) { a.deposit(1); },
                           {.occurred = leftfold::occurred_at{world.store.now() - 1h}});
    EXPECT_EQ(to_string(*blame(world.accounts, "ann", member_path{"$.moves_[2]"})),
              "account.moves_[2] ← bank.deposited #4, partition 0 offset 4, 2026-01-03T00:00:00.000001Z, occurred "
              "2026-01-02T23:00:00Z");
}

TEST(blame, of_a_whole_is_the_event_that_changed_something_within) {
    ann world;
    EXPECT_EQ(blame(world.accounts, "ann", member_path{"$.moves_"})->origin.version, version{3});
    EXPECT_EQ(blame(world.accounts, "ann", member_path{"$.moves_[0]"})->origin.version, version{2});
    EXPECT_EQ(blame(world.accounts, "ann", member_path{"$"})->origin.version, version{3});
}

TEST(blame, of_what_no_event_changed_is_nothing) {
    ann world;
    EXPECT_FALSE(blame(world.accounts, "ann", member_path{"$.moves_[7]"}));
    EXPECT_FALSE(blame(world.accounts, "ben", member_path{"$.balance_"}));
    EXPECT_EQ(blame(world.accounts, "ben"), std::vector<blamed>{});
}

TEST(blame, looks_at_an_older_state_when_asked) {
    ann world;
    EXPECT_EQ(blame(world.accounts, "ann", member_path{"$.moves_"}, {.at = version{2}})->origin.version, version{2});
    EXPECT_FALSE(blame(world.accounts, "ann", member_path{"$.moves_"}, {.at = version{1}}));
    const auto then = world.store.cut_at(leftfold::recorded_at{world.store.now() - 36h});
    EXPECT_FALSE(
        blame(world.accounts, "ann", member_path{"$.balance_"}, {.at = world.accounts.at("ann", then).version()}));
}

TEST(blame, refuses_a_path_that_no_state_can_have) {
    ann world;
    expect_error(errc::invalid_argument, "owner_, balance_, moves_",
                 [&] { blame(world.accounts, "ann", member_path{"$.limit"}); });
}

TEST(blame, finds_what_was_set_long_ago) {
    leftfold::testing::store store;
    repository<account> accounts{store, {.snapshots = {.every = 100, .spacing = 500}}};
    accounts.execute("ann", [](account& a) { a.open("Ann"); });
    for (int i = 0; i < 11; ++i)
        accounts.execute("ann", [](account& a) {
            for (int n = 0; n < 500; ++n) a.deposit(1);
        });
    EXPECT_EQ(blame(accounts, "ann", member_path{"$.owner_"})->origin.version, version{1});
    EXPECT_EQ(blame(accounts, "ann", member_path{"$.moves_[2]"})->origin.version, version{4});
    EXPECT_EQ(blame(accounts, "ann", member_path{"$.moves_[4600]"})->origin.version, version{4'602});
    EXPECT_EQ(blame(accounts, "ann", member_path{"$.balance_"})->origin.version, version{5'501});
}

using shop::cart_decider, shop::add_item;

TEST(blame, works_on_the_state_of_a_decider) {
    leftfold::testing::store store;
    repository<cart_decider> carts{store};
    carts.execute("c-1", add_item{"book", 2});
    carts.execute("c-1", add_item{"pen", 1});
    EXPECT_EQ(blame(carts, "c-1", member_path{"$.items.book"})->value, "2");
    EXPECT_EQ(blame(carts, "c-1", member_path{"$.items.book"})->origin.version, version{1});
    EXPECT_EQ(blame(carts, "c-1").size(), 1U) << "no event closed it";
}

TEST(blame, equals_a_naive_search_over_any_history) {
    std::size_t found = 0;
    const bool holds = rc::check("blame equals a naive search", [&] {
        const random_story story{*any_story()};
        const auto events = story.events("ann");
        const auto of = [&](const std::string& path) { return blame(story.accounts(), "ann", member_path{path}); };
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto by = of("$.moves_[" + std::to_string(i) + "]");
            RC_ASSERT(by.has_value());
            RC_ASSERT(by->origin.id == events[i].id);
            RC_ASSERT(by->origin.occurred == events[i].occurred);
            ++found;
        }
        RC_ASSERT(!of("$.owner_"));
        const auto all = blame(story.accounts(), "ann");
        RC_ASSERT(all.size() == (events.empty() ? 0U : 2U));
        for (const blamed& each : all) RC_ASSERT(each == of(each.path));
    });
    EXPECT_TRUE(holds);
    EXPECT_GT(found, 0U);
}

}  // namespace blame_test
