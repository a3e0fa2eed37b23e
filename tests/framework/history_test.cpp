#include "leftfold/framework/history.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "framework/random_story.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/store.hpp"

namespace history_test {

using bank::account, bank::deposited;
using leftfold::errc, leftfold::recorded_at, leftfold::repository, leftfold::version;
using leftfold::testing::store;
using namespace std::chrono_literals;
using moves = std::vector<std::int64_t>;

struct ann {
    leftfold::testing::store store;
    repository<account> accounts{store};

    explicit ann(int deposits) {
        for (int i = 1; i <= deposits; ++i) deposit(i);
    }
    void deposit(std::int64_t cents) {
        accounts.execute("ann", [&](account& a) { a.deposit(cents); });
        store.advance(1h);
    }
};

TEST(history, gives_every_state_with_the_event_that_made_it) {
    ann world{3};
    std::vector<std::pair<std::int64_t, std::string>> seen;
    for (const auto& [state, event] : world.accounts.history("ann")) {
        EXPECT_EQ(state.version(), event.version);
        seen.emplace_back(state.balance(), event.payload);
    }
    EXPECT_EQ(seen, (std::vector<std::pair<std::int64_t, std::string>>{
                        {1, R"({"cents":1})"}, {3, R"({"cents":2})"}, {6, R"({"cents":3})"}}));
}

TEST(history, of_a_stream_that_does_not_exist_is_empty) {
    ann world{1};
    auto nothing = world.accounts.history("ben");
    EXPECT_EQ(nothing.last(), version{});
    EXPECT_EQ(nothing.state().balance(), 0);
    EXPECT_FALSE(nothing.next());
    EXPECT_FALSE(world.accounts.since("ben", version{7}).next());
}

TEST(history, begins_with_the_state_before_and_stays_at_its_end) {
    ann world{3};
    auto later = world.accounts.since("ann", version{2});
    EXPECT_EQ(later.version(), version{2});
    EXPECT_EQ(later.state().moves(), (moves{1, 2}));
    ASSERT_TRUE(later.next());
    EXPECT_EQ(later.state().moves(), (moves{1, 2, 3}));
    EXPECT_FALSE(later.next());
    EXPECT_FALSE(later.next());
    EXPECT_EQ(later.event().version, version{3});
    EXPECT_EQ(later.state().version(), version{3});
}

TEST(history, ends_where_the_stream_ended_when_it_was_made) {
    ann world{2};
    auto story = world.accounts.history("ann");
    world.deposit(3);
    EXPECT_EQ(story.last(), version{2});
    while (story.next()) continue;
    EXPECT_EQ(story.state().moves(), (moves{1, 2}));
}

TEST(history, may_outlive_the_repository) {
    leftfold::testing::store store;
    auto accounts = std::make_unique<repository<account>>(store);
    accounts->execute("ann", [](account& a) { a.deposit(5); });
    auto story = accounts->history("ann");
    accounts.reset();
    ASSERT_TRUE(story.next());
    EXPECT_EQ(story.state().balance(), 5);
}

TEST(history, is_read_in_pages_however_long_it_is) {
    leftfold::testing::store store;
    repository<account> accounts{store};
    for (int i = 0; i < 7; ++i)
        accounts.execute("ann", [](account& a) {
            for (int n = 0; n < 100; ++n) a.deposit(1);
        });
    std::int64_t steps = 0;
    for (const auto& [state, event] : accounts.history("ann")) {
        ASSERT_EQ(event.version, version{++steps});
        ASSERT_EQ(state.balance(), steps);
    }
    EXPECT_EQ(steps, 700);
}

TEST(history, up_to_a_cut_ends_there) {
    ann world{2};
    const auto then = world.store.cut_at(recorded_at{world.store.now() - 90min});
    world.deposit(3);
    auto story = world.accounts.history("ann", then);
    EXPECT_EQ(story.last(), version{1});
}

TEST(history, since_refuses_a_time_to_come_and_a_cut_that_was_not_reached) {
    ann world{1};
    expect_error(errc::not_yet, "", [&] { world.accounts.since("ann", recorded_at{world.store.now() + 1h}); });
    expect_error(errc::invalid_argument, "", [&] { world.accounts.since("ann", leftfold::cut(1)); });
}

TEST(history, shows_an_event_that_the_aggregate_cannot_read_as_an_error_and_not_as_an_end) {
    ann world{1};
    world.store.append({"account", "ann"}, leftfold::expected_version::any(), {{"bank.strange", "{}"}}).value();
    auto story = world.accounts.history("ann");
    ASSERT_TRUE(story.next());
    expect_error(errc::unknown_event_type, "bank.strange", [&] { story.next(); });
}

TEST(history, and_since_equal_a_naive_fold_with_and_without_snapshots) {
    std::size_t steps_compared = 0;
    const bool holds = rc::check("history equals a naive fold", [&] {
        const random_story story{*any_story()};
        const auto events = story.events("ann");
        auto& accounts = story.accounts();
        const auto after = [&](auto&& is_seen) {  // the states that follow those events
            std::vector<moves> wanted;
            for (std::size_t i = 0; i < events.size(); ++i)
                if (!is_seen(events[i]))
                    wanted.push_back(
                        naive_moves({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(i) + 1}));
            return wanted;
        };
        const auto states = [&](leftfold::history<account> found) {
            std::vector<moves> seen;
            for (const auto& [state, event] : found) {
                RC_ASSERT(event.id == events[static_cast<std::size_t>(event.version.value() - 1)].id);
                seen.push_back(state.moves());
            }
            steps_compared += seen.size();
            return seen;
        };
        RC_ASSERT(states(accounts.history("ann")) == after([](const auto&) { return false; }));
        for (const auto& at : events) {
            const auto seen = [&](const auto& e) { return e.recorded <= at.recorded; };
            RC_ASSERT(states(accounts.since("ann", at.version)) == after(seen));
            RC_ASSERT(states(accounts.since("ann", at.recorded)) == after(seen));
            RC_ASSERT(states(accounts.since("ann", story.store().cut_at(at.recorded))) == after(seen));
            const auto then = story.store().cut_at(at.recorded);
            RC_ASSERT(states(accounts.history("ann", then)).size() == static_cast<std::size_t>(at.version.value()));
        }
    });
    EXPECT_TRUE(holds);
    EXPECT_GT(steps_compared, 0U);
}

}  // namespace history_test
