// The language for tests of projections, tried on projections that are right and on some that are not.
#include "leftfold/testing/project.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "projections/bank.hpp"

namespace project_test {

using bank::balance, bank::balances, bank::closed, bank::deposited, bank::opened, bank::withdrawn;
using leftfold::testing::after, leftfold::testing::on, leftfold::testing::project;
using namespace std::chrono_literals;

TEST(project, says_nothing_when_the_rows_are_as_expected) {
    auto made = project<balances>(on("account-alice", opened{"Alice"}, deposited{50}), on("account-bob", opened{"Bob"}),
                                  on("account-alice", withdrawn{20}));
    EXPECT_EQ(made.expect(balance{"bob", 0}, balance{"alice", 30}), "");
    EXPECT_EQ(made.expect_in("balances", balance{"alice", 30}, balance{"bob", 0}), "");
    EXPECT_EQ(made.expect_sql("SELECT account, cents FROM balances ORDER BY account", "alice|30", "bob|0"), "");
}

TEST(project, names_rows_and_columns_that_differ) {
    auto made =
        project<balances>(on("account-alice", opened{"Alice"}, deposited{50}), on("account-bob", opened{"Bob"}));
    EXPECT_EQ(made.expect(balance{"alice", 40}, balance{"carol", 1}),
              "expected (-) and found (+) rows of table balances differ:\n"
              "  \"alice\": cents: expected 40, found 50\n"
              "- {account: \"carol\", cents: 1}\n"
              "+ {account: \"bob\", cents: 0}");
    EXPECT_EQ(made.expect_sql("SELECT sum(cents) FROM balances", "49"),
              "expected (-) and found (+) rows differ:\n- 49\n+ 50");
}

TEST(project, takes_events_of_one_stream_without_its_name) {
    EXPECT_EQ(project<balances>(opened{"Ann"}, deposited{5}).expect(balance{"one", 5}), "");
}

TEST(project, expects_empty_tables_when_no_row_is_named) {
    EXPECT_EQ(project<balances>().expect(), "");
    EXPECT_EQ(project<balances>(opened{"Ann"}, closed{}).expect(), "");
    EXPECT_EQ(project<balances>(opened{"Ann"}).expect(),
              "expected (-) and found (+) rows of table balances differ:\n+ {account: \"one\", cents: 0}");
}

TEST(project, lets_time_pass_and_asks_for_the_past) {
    auto made = project<balances>(on("account-alice", opened{"Alice"}, deposited{50}), after(48h),
                                  on("account-alice", deposited{1}));
    EXPECT_EQ(made.expect_sql("SELECT cents FROM balances_as_of('2026-01-02')", "50"), "");
    EXPECT_EQ(made.expect_sql("SELECT cents, date(valid_from / 1000000, 'unixepoch') FROM balances_history "
                              "ORDER BY valid_from DESC LIMIT 1",
                              "51|2026-01-03"),
              "");
}

TEST(project, shows_what_a_query_gives_as_the_shell_does) {
    EXPECT_EQ(project<balances>().expect_sql("SELECT NULL, 1, 1.0, 'a b'", "NULL|1|1.0|a b"), "");
}

TEST(project, says_at_which_event_the_projection_stopped) {
    auto made = project<balances>(on("account-alice", opened{"Alice"}), on("account-bob", deposited{5}));
    EXPECT_EQ(made.expect_stop(), "");
    EXPECT_EQ(made.expect_stop("row \"bob\""), "");
    EXPECT_EQ(made.expect_stop<deposited>("row \"bob\""), "");
    EXPECT_EQ(made.expect_stop("no such text")
                  .find("expected a stop with \"no such text\", but it stopped at "
                        "deposited{cents: 5} of account-bob: "),
              0U);
    EXPECT_EQ(made.expect_stop<opened>().find("expected a stop at an event bank.account_opened, but it stopped at "),
              0U);
    EXPECT_EQ(made.expect(balance{"alice", 0})
                  .find("expected rows, but the projection stopped at deposited{cents: 5} of account-bob: "),
              0U);
    EXPECT_EQ(project<balances>(opened{"Ann"}).expect_stop(),
              "expected the projection to stop, but it folded every event");
}

TEST(project, refuses_a_stream_without_a_category_and_time_that_runs_back) {
    EXPECT_THROW(on("alice", opened{"Alice"}), leftfold::error);
    EXPECT_THROW(after(-1us), leftfold::error);
    EXPECT_THROW(after(std::chrono::microseconds::max()), leftfold::error);
}

// What is right stays right in every delivery.

auto a_busy_bank() {
    return project<balances>(on("account-alice", opened{"Alice"}, deposited{1}), on("account-bob", opened{"Bob"}),
                             on("account-alice", deposited{2}), on("account-carol", opened{"Carol"}, deposited{4}),
                             on("account-bob", deposited{8}, closed{}), on("account-alice", withdrawn{3}));
}

TEST(project, gives_the_same_rows_in_every_delivery) {
    const auto right = [](auto made) { return made.expect(balance{"alice", 0}, balance{"carol", 4}); };
    EXPECT_EQ(right(a_busy_bank()), "");
    for (const std::size_t events : {1U, 2U, 7U}) {
        EXPECT_EQ(right(a_busy_bank().batches_of(events)), "");
        EXPECT_EQ(right(a_busy_bank().batches_of(events).twice()), "");
        EXPECT_EQ(right(a_busy_bank().batches_of(events).twice().shuffled_partitions(events)), "");
    }
    for (std::uint64_t seed = 0; seed != 20; ++seed) EXPECT_EQ(right(a_busy_bank().shuffled_partitions(seed)), "");
}

// What is wrong shows in the delivery that it cannot bear.

int counted = 0;  // what a program may have, and a projection may not use

struct total {
    std::string name;
    std::int64_t n{};
};
BOOST_DESCRIBE_STRUCT(total, (), (name, n))

class counts_beside_its_tables : public leftfold::projection<counts_beside_its_tables, deposited> {
public:
    static constexpr auto projection_name = "counts_beside_its_tables";
    leftfold::table<total, &total::name> rows{*this, "totals"};
    void on(const deposited&) { rows.put({"all", ++counted}); }
};

TEST(project, finds_by_double_delivery_what_is_kept_beside_the_tables) {
    const auto two_deposits = [] {
        counted = 0;
        return project<counts_beside_its_tables>(on("account-alice", deposited{1}, deposited{2}));
    };
    EXPECT_EQ(two_deposits().expect(total{"all", 2}), "");
    EXPECT_EQ(two_deposits().twice().expect(total{"all", 2}),
              "with each event delivered twice:\n"
              "expected (-) and found (+) rows of table totals differ:\n"
              "  \"all\": n: expected 2, found 4");
}

class forgets_in_between : public leftfold::projection<forgets_in_between, deposited> {
public:
    static constexpr auto projection_name = "forgets_in_between";
    leftfold::table<total, &total::name> rows{*this, "totals"};
    void on(const deposited& e) { rows.put({"all", sum_ += e.cents}); }

private:
    std::int64_t sum_ = 0;
};

TEST(project, finds_by_restarts_between_batches_what_a_member_remembers) {
    auto made = project<forgets_in_between>(on("account-alice", deposited{1}, deposited{2}));
    EXPECT_EQ(made.expect(total{"all", 3}), "");
    EXPECT_EQ(made.batches_of(1).twice().expect(total{"all", 3}),
              "with each event delivered twice, batches of 1:\n"
              "expected (-) and found (+) rows of table totals differ:\n"
              "  \"all\": n: expected 3, found 2");
}

class first_comes : public leftfold::projection<first_comes, opened> {
public:
    static constexpr auto projection_name = "first_comes";
    leftfold::table<total, &total::name> rows{*this, "totals"};
    void on(const opened& e) {
        if (!rows.find("first " + e.owner) && rows.count() == 0) rows.insert({"first " + e.owner, 1});
    }
};

TEST(project, finds_by_shuffling_what_depends_on_the_order_of_streams) {
    const auto made = [](auto... delivery) {
        auto both = project<first_comes>(on("account-alice", opened{"Alice"}), on("account-bob", opened{"Bob"}));
        (both.shuffled_partitions(delivery), ...);
        return both.expect(total{"first Alice", 1});
    };
    EXPECT_EQ(made(), "");
    int differ = 0;
    for (std::uint64_t seed = 0; seed != 20; ++seed)
        if (!made(seed).empty()) ++differ;
    EXPECT_GT(differ, 0);
    EXPECT_LT(differ, 20);
}

TEST(project, keeps_the_order_of_each_stream_and_of_times_when_it_shuffles) {
    for (std::uint64_t seed = 0; seed != 10; ++seed)
        EXPECT_EQ(
            project<first_comes>(on("account-alice", opened{"Alice"}), after(1h), on("account-bob", opened{"Bob"}))
                .shuffled_partitions(seed)
                .expect(total{"first Alice", 1}),
            "");
}

// Several tables, several row types, other kinds of columns.

struct reading {
    std::int64_t at{};
    double value{};
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(reading, (), (at, value, note))

class sorted : public leftfold::projection<sorted, deposited> {
public:
    static constexpr auto projection_name = "sorted";
    leftfold::table<reading, &reading::at> small{*this, "small"};
    leftfold::table<reading, &reading::at> large{*this, "large"};
    leftfold::table<total, &total::name> totals{*this, "totals"};
    void on(const deposited& e, const leftfold::recorded& at) {
        const reading made{static_cast<std::int64_t>(at.version().value()), static_cast<double>(e.cents) / 2, {}};
        e.cents < 10 ? small.insert(made) : large.insert(made);
        totals.put({"all", made.at});
    }
};

TEST(project, compares_each_table_with_the_rows_of_its_type) {
    auto made = project<sorted>(deposited{5}, deposited{50});
    EXPECT_EQ(made.expect(total{"all", 2}), "");
    EXPECT_EQ(made.expect_in("small", reading{1, 2.5, {}}), "");
    EXPECT_EQ(made.expect_in("large", reading{2, 25, {}}), "");
    EXPECT_EQ(made.expect_in("large", reading{2, 25.5, "half"}),
              "expected (-) and found (+) rows of table large differ:\n"
              "  2: value: expected 25.5, found 25.0\n"
              "  2: note: expected \"half\", found NULL");
    EXPECT_EQ(made.expect(reading{}), "several tables have rows of an expected row's type: name one with expect_in()");
    EXPECT_EQ(made.expect(balance{}), "no such table of the projection has rows of an expected row's type");
    EXPECT_EQ(made.expect_in("none", total{}), "the projection has no table none");
}

class parking : public leftfold::projection<parking, opened, deposited> {
public:
    static constexpr auto projection_name = "parking";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    leftfold::table<balance, &balance::account> rows{*this, "parked_balances"};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
};

TEST(project, says_which_streams_are_parked) {
    auto made = project<parking>(on("account-bob", deposited{1}), on("account-alice", opened{"Alice"}));
    EXPECT_EQ(made.expect(balance{"alice", 0}), "");
    EXPECT_EQ(made.expect_parked("account-bob", "row \"bob\""), "");
    EXPECT_NE(made.expect().find("\naccount-bob is parked from event "), std::string::npos);
    EXPECT_EQ(made.expect_parked("account-carol", "x").find("expected account-carol to be parked with \"x\", but "),
              0U);
    EXPECT_EQ(made.twice().expect(balance{"alice", 0}), "");
}

}  // namespace project_test
