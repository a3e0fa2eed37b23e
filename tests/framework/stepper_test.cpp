#include "leftfold/framework/stepper.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "framework/random_story.hpp"

namespace stepper_test {

using bank::account;
using leftfold::change, leftfold::repository, leftfold::stepper, leftfold::version;

struct ann {
    leftfold::testing::store store;
    repository<account> accounts{store};

    explicit ann(int deposits) {
        accounts.execute("ann", [&](account& a) {
            for (int i = 1; i <= deposits; ++i) a.deposit(i);
        });
    }
};

TEST(stepper, shows_each_event_and_what_it_changed) {
    ann world{2};
    stepper<account> at{world.accounts, "ann"};
    EXPECT_EQ(at.version(), version{});
    EXPECT_EQ(at.state().balance(), 0);
    EXPECT_TRUE(at.changes().empty());
    ASSERT_TRUE(at.forward());
    EXPECT_EQ(at.event().payload, R"({"cents":1})");
    ASSERT_TRUE(at.forward());
    EXPECT_EQ(at.state().balance(), 3);
    EXPECT_EQ(at.changes(), (std::vector<change>{{"$.balance_", "1", "3"}, {"$.moves_[1]", std::nullopt, "2"}}));
    EXPECT_FALSE(at.forward());
    EXPECT_EQ(at.version(), version{2});
    ASSERT_TRUE(at.back());
    EXPECT_EQ(at.changes(), (std::vector<change>{{"$.balance_", "0", "1"}, {"$.moves_[0]", std::nullopt, "1"}}));
    ASSERT_TRUE(at.back());
    EXPECT_FALSE(at.back());
    EXPECT_EQ(at.state().balance(), 0);
}

TEST(stepper, of_a_stream_that_does_not_exist_stands_still) {
    ann world{1};
    stepper<account> at{world.accounts, "ben", version{4}};
    EXPECT_EQ(at.last(), version{});
    EXPECT_FALSE(at.forward());
    EXPECT_FALSE(at.back());
}

TEST(stepper, goes_to_any_version_and_stops_at_the_ends) {
    ann world{300};
    stepper<account> at{world.accounts, "ann", version{200}};
    for (const std::int64_t to : {1, 64, 65, 300, 128, 129, 0, 63}) {
        at.go_to(version{to});
        EXPECT_EQ(at.version(), version{to});
        EXPECT_EQ(at.state().balance(), to * (to + 1) / 2);
        EXPECT_EQ(at.state().version(), version{to});
    }
    EXPECT_TRUE(at.go_to(version{1'000}));
    EXPECT_EQ(at.version(), version{300});
    EXPECT_FALSE(at.go_to(version{1'000}));
    EXPECT_TRUE(at.go_to(version{-5}));
    EXPECT_EQ(at.version(), version{});
}

TEST(stepper, stands_where_it_stood_after_an_event_that_it_cannot_read) {
    ann world{64};
    world.store.append({"account", "ann"}, leftfold::expected_version::any(), {{"bank.strange", "{}"}}).value();
    stepper<account> at{world.accounts, "ann", version{64}};
    expect_error(leftfold::errc::unknown_event_type, "bank.strange", [&] { at.forward(); });
    EXPECT_EQ(at.version(), version{64});
    EXPECT_EQ(at.state().balance(), 64 * 65 / 2);
    EXPECT_TRUE(at.back());
}

TEST(stepper, equals_a_naive_fold_wherever_it_goes) {
    std::size_t steps = 0;
    const bool holds = rc::check("a stepper equals a naive fold", [&] {
        const random_story story{*any_story()};
        const auto events = story.events("ann");
        const auto moves = naive_moves(events);
        stepper<account> at{story.accounts(), "ann"};
        std::size_t place = 0;
        for (const bool is_forward :
             *rc::gen::container<std::vector<bool>>(rc::gen::weightedElement<bool>({{2, true}, {1, false}}))) {
            const bool can = is_forward ? place < events.size() : place > 0;
            RC_ASSERT((is_forward ? at.forward() : at.back()) == can);
            if (can) place = is_forward ? place + 1 : place - 1;
            RC_ASSERT(at.state().moves() ==
                      std::vector<std::int64_t>(moves.begin(), moves.begin() + static_cast<std::ptrdiff_t>(place)));
            if (place == 0) continue;
            ++steps;
            RC_ASSERT(at.event() == events[place - 1]);
            RC_ASSERT(at.changes().size() == 2U);
            RC_ASSERT(at.changes().back().after == std::to_string(moves[place - 1]));
        }
    });
    EXPECT_TRUE(holds);
    EXPECT_GT(steps, 0U);
}

}  // namespace stepper_test
