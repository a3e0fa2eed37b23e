// Residents: states in memory that spare a command its load, and are believed only as far as the log agrees.
#include <gtest/gtest.h>

#include "framework/bank.hpp"
#include "framework/counting_log.hpp"
#include "framework/expect_error.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/store.hpp"

namespace resident_test {

using bank::account, bank::insufficient_funds;
using leftfold::command_id, leftfold::errc, leftfold::repository, leftfold::version;
using leftfold::testing::store;

const leftfold::repository_options keeping{.resident_bytes = 1 << 20};

leftfold::repository_options keeping_with(int attempts_max) {
    return {.attempts_max = attempts_max, .resident_bytes = 1 << 20};
}

template <class Account>
void deposit_one(Account& a) {
    a.deposit(1);
}

/// Counts how often an event was applied to any of its kind.
class counter : public leftfold::aggregate<counter, bank::deposited> {
public:
    static constexpr auto category = "account";
    static inline int applied = 0;
    void deposit(std::int64_t cents) { raise(bank::deposited{cents}); }
    std::int64_t balance = 0;

private:
    friend aggregate;
    void apply(const bank::deposited& e) {
        ++applied;
        balance += e.cents;
    }
    BOOST_DESCRIBE_CLASS(counter, (), (balance), (), ())
};

/// The same as a decider.
struct tally {
    static constexpr auto category = "account";
    static inline int applied = 0;
    std::int64_t balance{};
};
BOOST_DESCRIBE_STRUCT(tally, (), (balance))
struct pay_in {
    std::int64_t cents{};
};
bank::deposited decide(const tally&, const pay_in& command) { return {command.cents}; }
void evolve(tally& state, const bank::deposited& e) {
    ++tally::applied;
    state.balance += e.cents;
}

template <class Aggregate, class Decision>
void expect_hot(const int& applied, Decision decision) {
    counting_store world;
    repository<Aggregate> counted{world.store, keeping};
    for (int i = 0; i < 20; ++i) counted.execute("ann", decision);
    const int before = applied;
    leftfold::executed done;
    const auto asked = world.during([&] { done = counted.execute("ann", decision); });
    EXPECT_EQ(asked, (asked_counts{.commits = 1}));
    EXPECT_EQ(applied - before, 2) << "its own event: as the decision raised it, and as it was stored";
    EXPECT_EQ(done.version, version{21});
    EXPECT_EQ(done.attempts, 1);
    EXPECT_EQ(counted.residents().used, 20U);
    EXPECT_EQ(counted.residents().missed, 1U);
}

TEST(residents, a_hot_command_reads_nothing_and_folds_nothing_old) {
    expect_hot<counter>(counter::applied, deposit_one<counter>);
    expect_hot<leftfold::decider<tally, bank::deposited>>(tally::applied, pay_in{1});
}

TEST(residents, none_are_kept_unless_asked_for) {
    counting_store world;
    repository<account> accounts{world.store};
    for (int i = 0; i < 3; ++i) accounts.execute("ann", deposit_one<account>);
    EXPECT_GT(world.during([&] { accounts.execute("ann", deposit_one<account>); }).events_read, 0);
    EXPECT_EQ(accounts.residents().held, 0U);
    EXPECT_EQ(accounts.residents().missed, 0U);
}

TEST(residents, a_decision_sees_the_version_and_nothing_pending) {
    store store;
    repository<account> accounts{store, keeping};
    for (std::int64_t n = 0; n < 6; n += 2)
        accounts.execute("ann", [&](account& a) {
            EXPECT_EQ(a.version(), version{n});
            EXPECT_TRUE(a.pending().empty());
            a.transfer_in_two(5);
        });
    EXPECT_EQ(accounts.load("ann").version(), version{6});
    EXPECT_EQ(accounts.load("ann")->version(), version{6});
}

TEST(residents, a_command_that_raises_nothing_has_looked_at_the_stream_as_it_is) {
    counting_store world;
    repository<account> accounts{world.store, keeping};
    repository<account> others{world.store};
    accounts.execute("ann", deposit_one<account>);
    const auto elsewhere = others.execute("ann", [](account& a) { a.deposit(41); });
    std::int64_t seen = 0;
    const auto look = [&](account& a) { seen = a.balance(); };
    const auto done = accounts.execute("ann", look);
    EXPECT_EQ(seen, 42);
    EXPECT_EQ(done.position, elsewhere.position);
    EXPECT_EQ(done.version, version{2});
    EXPECT_EQ(world.during([&] { accounts.execute("ann", look); }), (asked_counts{.heads = 1}));
}

TEST(residents, a_refusal_by_an_outdated_state_does_not_get_out) {
    for (const int attempts_max : {1, 10}) {
        store store;
        repository<account> accounts{store, keeping_with(attempts_max)};
        accounts.execute("ann", deposit_one<account>);
        repository<account>{store}.execute("ann", [](account& a) { a.deposit(99); });
        EXPECT_EQ(accounts.execute("ann", [](account& a) { a.withdraw(100); }).version, version{3});
        EXPECT_EQ(accounts.load("ann")->balance(), 0);
    }
}

TEST(residents, a_refusal_by_a_current_state_passes_through_and_changes_nothing) {
    counting_store world;
    repository<account> accounts{world.store, keeping};
    accounts.execute("ann", deposit_one<account>);
    const auto half_way = [](account& a) {
        a.deposit(10);
        a.withdraw(20);
    };
    const auto refused = [&] { EXPECT_THROW(accounts.execute("ann", half_way), insufficient_funds); };
    EXPECT_EQ(world.during(refused), (asked_counts{.heads = 1})) << "the resident stays";
    accounts.execute("ann", [](account& a) {
        EXPECT_EQ(a.balance(), 1);
        a.deposit(1);
    });
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{1, 1}));
}

TEST(residents, what_is_too_large_to_append_only_by_an_outdated_state_is_decided_again) {
    store store{{.limits = {.batch_events = 3}}};
    repository<account> accounts{store, keeping_with(1)};
    accounts.execute("ann", deposit_one<account>);
    repository<account>{store}.execute("ann", [](account& a) { a.deposit(4); });
    const auto fill_up = [](account& a) {
        for (std::int64_t i = a.balance(); i < 6; ++i) a.deposit(1);
    };
    EXPECT_EQ(accounts.execute("ann", fill_up).events, 1U);
    EXPECT_EQ(accounts.load("ann")->balance(), 6);
}

TEST(residents, one_that_was_overtaken_is_no_lost_race) {
    counting_store world;
    repository<account> accounts{world.store, keeping_with(1)};
    accounts.execute("ann", [](account& a) { a.deposit(100); });
    repository<account>{world.store}.execute("ann", [](account& a) { a.withdraw(70); });
    leftfold::executed done;
    const auto asked =
        world.during([&] { done = accounts.execute("ann", [](account& a) { a.withdraw(a.balance()); }); });
    EXPECT_EQ(done.attempts, 2);
    EXPECT_EQ(done.version, version{3});
    EXPECT_EQ(asked.commits, 1);
    EXPECT_EQ(asked.events_read, 1) << "the event that it missed, by the conflict; nothing by the repository";
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{100, -70, -30}));
}

TEST(residents, more_missed_events_than_a_conflict_carries_are_read) {
    store store{{.limits = {.conflict_events = 2}}};
    repository<account> accounts{store, keeping_with(1)};
    repository<account> others{store};
    accounts.execute("ann", deposit_one<account>);
    for (int i = 0; i < 5; ++i) others.execute("ann", deposit_one<account>);
    accounts.execute("ann", [](account& a) { a.withdraw(a.balance()); });
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{1, 1, 1, 1, 1, 1, -6}));
}

TEST(residents, a_command_gives_up_after_as_many_lost_races_as_without) {
    for (const auto overtaken : {false, true}) {
        store store;
        repository<account> accounts{store, keeping_with(3)};
        repository<account> others{store};
        accounts.execute("ann", deposit_one<account>);
        if (overtaken) others.execute("ann", deposit_one<account>);
        int runs = 0;
        const auto unlucky = [&](account& a) {
            ++runs;
            others.execute("ann", deposit_one<account>);
            a.deposit(1'000);
        };
        expect_error(errc::conflict_exhausted, "others appended first 3 times",
                     [&] { accounts.execute("ann", unlucky); });
        EXPECT_EQ(runs, 3);
        EXPECT_EQ(accounts.load("ann")->balance(), overtaken ? 5 : 4);
    }
}

TEST(residents, a_load_sees_all_that_was_appended_before_it) {
    counting_store world;
    repository<account> accounts{world.store, keeping};
    repository<account> others{world.store};
    EXPECT_FALSE(accounts.load("ann"));
    for (std::int64_t n = 1; n < 10; ++n) {
        const auto done = others.execute("ann", deposit_one<account>);
        const auto loaded = accounts.load("ann");
        EXPECT_EQ(loaded->balance(), n);
        EXPECT_EQ(loaded.position(), done.position);
        EXPECT_EQ(loaded.cut().at(done.position.partition), done.position.at);
    }
    EXPECT_EQ(world.during([&] { accounts.load("ann"); }), (asked_counts{.heads = 1}));
    others.execute("ann", deposit_one<account>);
    EXPECT_EQ(world.during([&] { accounts.load("ann"); }).events_read, 1) << "what is new, and nothing old";
}

TEST(residents, a_decision_that_changes_the_state_without_an_event_changes_nothing) {
    store store;
    repository<counter> counters{store, keeping};
    counters.execute("ann", deposit_one<counter>);
    counters.execute("ann", [](counter& c) { c.balance = 1'000; });
    counters.execute("ann", [](counter& c) {
        EXPECT_EQ(c.balance, 1);
        c.balance = 2'000;
        c.deposit(1);
    });
    EXPECT_EQ(counters.load("ann")->balance, 2);
}

/// An event that says more to those who raise it than to those who read it later.
struct noted {
    static constexpr auto event_type = "bank.noted";
    std::int64_t cents{};
    leftfold::transient<std::int64_t> rounding{};
};
BOOST_DESCRIBE_STRUCT(noted, (), (cents, rounding))
class rounder : public leftfold::aggregate<rounder, noted> {
public:
    static constexpr auto category = "account";
    void note(std::int64_t cents, std::int64_t rounding) { raise(noted{cents, rounding}); }
    std::int64_t balance() const { return balance_; }

private:
    friend aggregate;
    void apply(const noted& e) { balance_ += e.cents + *e.rounding; }
    std::int64_t balance_{};
    BOOST_DESCRIBE_CLASS(rounder, (), (), (), (balance_))
};

TEST(residents, hold_what_is_stored_and_not_what_was_raised) {
    store store;
    repository<rounder> rounders{store, keeping};
    for (int i = 0; i < 3; ++i) rounders.execute("ann", [](rounder& r) { r.note(10, 3); });
    EXPECT_EQ(rounders.load("ann")->balance(), 30);
    EXPECT_EQ(repository<rounder>{store}.load("ann")->balance(), 30);
}

TEST(residents, a_command_with_an_id_is_executed_once) {
    store store;
    repository<account> accounts{store, keeping};
    repository<account> others{store};
    accounts.execute("ann", deposit_one<account>);
    const command_id id{"request-17"};
    int runs = 0;
    const auto pay = [&](account& a) {
        ++runs;
        a.transfer_in_two(5);
    };
    const auto first = others.execute(id, "ann", pay);
    const auto again = accounts.execute(id, "ann", pay);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(again.position, first.position);
    EXPECT_EQ(again.attempts, 0);
    EXPECT_EQ(accounts.execute(command_id{"request-18"}, "ann", pay).version, version{5});
    EXPECT_EQ(accounts.execute(command_id{"request-18"}, "ann", pay).attempts, 0);
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{1, 2, 3, 2, 3}));
}

TEST(residents, the_same_command_racing_itself_has_one_outcome) {
    store store;
    repository<account> accounts{store, keeping};
    repository<account> others{store};
    accounts.execute("ann", deposit_one<account>);
    const command_id id{"1"};
    const auto done = accounts.execute(id, "ann", [&](account& a) {
        others.execute(id, "ann", [](account& b) { b.transfer_in_two(7); });
        a.deposit(5);
    });
    EXPECT_EQ(done.events, 2U);
    EXPECT_EQ(accounts.load("ann")->moves(), (std::vector<std::int64_t>{1, 3, 4}));
}

TEST(residents, decide_nothing_once_the_store_is_closed) {
    store store;
    repository<account> accounts{store, keeping};
    accounts.execute("ann", deposit_one<account>);
    store.close();
    expect_error(errc::store_closed, "", [&] { accounts.execute("ann", [](account&) { FAIL() << "decided"; }); });
    expect_error(errc::store_closed, "", [&] { accounts.load("ann"); });
}

}  // namespace resident_test
