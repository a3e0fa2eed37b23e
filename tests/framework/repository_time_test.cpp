#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/store.hpp"

namespace repository_time_test {

using bank::account;
using leftfold::cut, leftfold::errc, leftfold::occurred_at, leftfold::recorded_at, leftfold::repository,
    leftfold::version;
using leftfold::testing::store;
using namespace std::chrono_literals;
using moves = std::vector<std::int64_t>;

const leftfold::instant new_year{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

/// Deposits 1 now, 2 a day later; then 3, entered a day after that, which happened before the others.
struct late_entry {
    leftfold::testing::store store;
    repository<account> accounts{store};

    late_entry() {
        deposit(1);
        store.advance(24h);
        deposit(2);
        store.advance(24h);
        deposit(3, occurred_at{new_year - 24h});
        store.advance(24h);
    }
    void deposit(std::int64_t cents, std::optional<occurred_at> when = {}) {
        accounts.execute("ann", [&](account& a) { a.deposit(cents); }, {.occurred = when});
    }
    recorded_at recorded(int days) const { return recorded_at{new_year + days * 24h + 1h}; }
    occurred_at occurred(int days) const { return occurred_at{new_year + days * 24h + 1h}; }
};

TEST(repository_time, the_recorded_axis_tells_what_was_known_then) {
    late_entry world;
    EXPECT_FALSE(world.accounts.as_of("ann", recorded_at{new_year - 1h}));
    EXPECT_EQ(world.accounts.as_of("ann", world.recorded(0))->moves(), (moves{1}));
    EXPECT_EQ(world.accounts.as_of("ann", world.recorded(1))->moves(), (moves{1, 2}));
    EXPECT_EQ(world.accounts.as_of("ann", world.recorded(2))->moves(), (moves{1, 2, 3}));
}

TEST(repository_time, the_occurred_axis_tells_what_was_true_then_by_all_that_is_known_now) {
    late_entry world;
    EXPECT_FALSE(world.accounts.as_of("ann", occurred_at{new_year - 25h}));
    EXPECT_EQ(world.accounts.as_of("ann", occurred_at{new_year - 24h})->moves(), (moves{3}));
    EXPECT_EQ(world.accounts.as_of("ann", world.occurred(0))->moves(), (moves{3, 1}));
    EXPECT_EQ(world.accounts.as_of("ann", world.occurred(1))->moves(), (moves{3, 1, 2}));
    EXPECT_EQ(world.accounts.as_of("ann", world.occurred(1)).version(), version{3});
}

TEST(repository_time, both_axes_tell_what_was_then_believed) {
    late_entry world;
    EXPECT_EQ(world.accounts.as_of("ann", world.recorded(1), world.occurred(0))->moves(), (moves{1}));
    EXPECT_EQ(world.accounts.as_of("ann", world.recorded(2), world.occurred(0))->moves(), (moves{3, 1}));
    EXPECT_FALSE(world.accounts.as_of("ann", world.recorded(1), occurred_at{new_year - 1h}));
}

TEST(repository_time, loading_folds_in_version_order_and_may_differ_from_the_occurred_axis) {
    late_entry world;
    EXPECT_EQ(world.accounts.load("ann")->moves(), (moves{1, 2, 3}));
    EXPECT_EQ(world.accounts.as_of("ann", occurred_at::max())->moves(), (moves{3, 1, 2}));
}

TEST(repository_time, bounds_are_inclusive_and_an_event_occurs_when_it_is_recorded_unless_told_otherwise) {
    late_entry world;
    const auto second = world.store.read_stream({"account", "ann"})[1];
    EXPECT_EQ(world.accounts.as_of("ann", second.recorded)->moves(), (moves{1, 2}));
    EXPECT_EQ(world.accounts.as_of("ann", recorded_at::from_micros(second.recorded.micros() - 1))->moves(), (moves{1}));
    const auto same = occurred_at::from_micros(second.recorded.micros());
    EXPECT_EQ(world.accounts.as_of("ann", same)->moves(), (moves{3, 1, 2}));
    EXPECT_EQ(world.accounts.as_of("ann", occurred_at::from_micros(same.micros() - 1))->moves(), (moves{3, 1}));
}

TEST(repository_time, events_that_occurred_at_one_time_are_folded_by_version) {
    store store;
    repository<account> accounts{store};
    for (const int cents : {4, 2, 9})
        accounts.execute("ann", [&](account& a) { a.deposit(cents); }, {.occurred = occurred_at{new_year}});
    EXPECT_EQ(accounts.as_of("ann", occurred_at{new_year})->moves(), (moves{4, 2, 9}));
}

TEST(repository_time, a_time_to_come_is_refused_on_the_recorded_axis_only) {
    late_entry world;
    const auto ahead = world.store.now() + 1h;
    expect_error(errc::not_yet, "", [&] { world.accounts.as_of("ann", recorded_at{ahead}); });
    EXPECT_TRUE(world.accounts.as_of("ann", occurred_at{ahead}));
}

TEST(repository_time, every_answer_carries_the_cut_at_which_it_can_be_asked_again) {
    late_entry world;
    const auto then = world.accounts.as_of("ann", world.recorded(1));
    const auto now = world.accounts.load("ann");
    world.deposit(4);
    EXPECT_EQ(world.accounts.at("ann", then.cut())->moves(), then->moves());
    EXPECT_EQ(world.accounts.at("ann", now.cut())->moves(), now->moves());
    const auto nothing = world.accounts.load("ben");
    EXPECT_FALSE(world.accounts.at("ben", nothing.cut()));
}

TEST(repository_time, a_cut_of_another_store_or_of_the_future_is_refused) {
    late_entry world;
    expect_error(errc::invalid_argument, "a cut of 2 partitions, in a store of 4",
                 [&] { world.accounts.at("ann", cut(2)); });
    cut ahead = world.store.heads();
    const auto partition = world.store.partition_of({"account", "ann"});
    ahead.set(partition, ahead.at(partition).next());
    expect_error(errc::not_yet, "asking for account-ann at the cut", [&] { world.accounts.at("ann", ahead); });
}

TEST(repository_time, a_version_is_a_state_of_its_own) {
    late_entry world;
    EXPECT_EQ(world.accounts.at_version("ann", version{2})->moves(), (moves{1, 2}));
    EXPECT_FALSE(world.accounts.at_version("ann", version{}));
    EXPECT_FALSE(world.accounts.at_version("ann", version{4}));
    EXPECT_FALSE(world.accounts.at_version("ben", version{1}));
}

// Properties

struct step {
    std::int64_t cents;
    std::int64_t pause_ms;
    std::optional<std::int64_t> occurred_s;
    bool is_other;  // goes to another stream of the same store
};

rc::Gen<step> any_step() {
    return rc::gen::construct<step>(
        rc::gen::inRange<std::int64_t>(1, 1'000), rc::gen::inRange<std::int64_t>(0, 5),
        rc::gen::map(rc::gen::inRange(-3, 20), [](int s) { return s < 0 ? std::optional<std::int64_t>{} : s; }),
        rc::gen::arbitrary<bool>());
}

moves naive(const std::vector<leftfold::recorded_event>& events, auto&& holds, bool by_occurrence) {
    std::vector<leftfold::recorded_event> chosen;
    for (const auto& event : events)
        if (holds(event)) chosen.push_back(event);
    if (by_occurrence)
        std::stable_sort(chosen.begin(), chosen.end(),
                         [](const auto& a, const auto& b) { return a.occurred < b.occurred; });
    moves made;
    for (const auto& event : chosen) made.push_back(leftfold::decode_json<bank::deposited>(event.payload).cents);
    return made;
}

moves moves_of(const leftfold::loaded<account>& found) { return found ? found->moves() : moves{}; }

TEST(repository_time, every_question_is_answered_like_a_naive_fold_with_and_without_snapshots) {
    const bool holds = rc::check("as-of equals a naive fold", [] {
        const auto steps = *rc::gen::container<std::vector<step>>(any_step());
        const auto every = *rc::gen::inRange<std::uint32_t>(0, 6);
        const auto spacing = *rc::gen::inRange<std::uint32_t>(1, 12);
        store store{{.partitions = *rc::gen::inRange<std::uint32_t>(1, 3)}};
        repository<account> accounts{store, {.snapshots = {.every = every, .spacing = spacing}}};
        for (const step& each : steps) {
            std::optional<occurred_at> when;
            if (each.occurred_s) when = occurred_at{new_year + std::chrono::seconds{*each.occurred_s}};
            accounts.execute(each.is_other ? "ben" : "ann", [&](account& a) { a.deposit(each.cents); },
                             {.occurred = when});
            store.advance(std::chrono::milliseconds{each.pause_ms});
        }
        store.advance(1s);
        const auto events = store.read_stream({"account", "ann"});
        RC_ASSERT(moves_of(accounts.load("ann")) == naive(
                                                        events, [](const auto&) { return true; }, false));
        for (const auto& at : events) {
            const auto known = [&](const auto& e) { return e.recorded <= at.recorded; };
            const auto happened = [&](const auto& e) { return e.occurred <= at.occurred; };
            const auto both = [&](const auto& e) { return known(e) && happened(e); };
            RC_ASSERT(moves_of(accounts.as_of("ann", at.recorded)) == naive(events, known, false));
            RC_ASSERT(moves_of(accounts.as_of("ann", at.occurred)) == naive(events, happened, true));
            RC_ASSERT(moves_of(accounts.as_of("ann", at.recorded, at.occurred)) == naive(events, both, true));
            RC_ASSERT(moves_of(accounts.at_version("ann", at.version)) == naive(events, known, false));
            RC_ASSERT(moves_of(accounts.at("ann", store.cut_at(at.recorded))) == naive(events, known, false));
        }
    });
    EXPECT_TRUE(holds);
}

}  // namespace repository_time_test
