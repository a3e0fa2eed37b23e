// What following a table costs, counted in steps of SQLite, which no load of the computer changes.

#include <gtest/gtest.h>

#include <iostream>
#include <regex>
#include <string>

#include "leftfold/projections/sql_reader.hpp"
#include "projections/ledger.hpp"
#include "support/query_log.hpp"

namespace followed_table_costs_test {

using ledgers::all_of;
using ledgers::filled;
using ledgers::ledger;
using ledgers::number;
using ledgers::stepped;
using leftfold::change_feed;
using leftfold::change_start;
using leftfold::test_support::query_log;
using read_models::shell;

class followed_table_costs : public ledgers::fixture {
protected:
    /// What a feed of the numbers costs that stands at the end when one of so many rows changes.
    template <bool Followed>
    std::int64_t steps_of_one_change_among(std::int64_t rows) {
        append(filled{rows, 1});
        append(filled{rows, 2});
        const query_log log;
        leftfold::projection_engine engine{store_};
        engine.add<ledger<Followed>>({.database = database_of(Followed)});
        engine.catch_up();
        const auto read = leftfold::open_read_model<ledger<Followed>>(database_of(Followed));
        change_feed feed{read, &ledger<Followed>::numbers};
        append(stepped{{{rows / 2, 3}}});
        engine.catch_up();
        return steps_of(log, [&] { EXPECT_EQ(feed.next().size(), 1U); });
    }

    /// What it costs to be told everything, in pages of 50, of so many changes of some keys.
    template <bool Followed>
    std::int64_t steps_of_catching_up() {
        const query_log log;
        const auto read = leftfold::open_read_model<ledger<Followed>>(database_of(Followed));
        const leftfold::change_feed_options options{.from = change_start::earliest(), .page_changes = 50};
        change_feed numbers{read, &ledger<Followed>::numbers, options};
        change_feed names{read, &ledger<Followed>::names, options};
        return steps_of(log, [&] { EXPECT_GE(all_of(numbers).size(), all_of(names).size()); });
    }

    template <class Work>
    static std::int64_t steps_of(const query_log& log, Work work) {
        const auto before = log.steps();
        work();
        return log.steps() - before;
    }

    std::string plan_of(const std::string& query, bool followed) const {
        std::string plan;
        for (const auto& each : shell(database_of(followed), ("EXPLAIN QUERY PLAN " + query).c_str()))
            plan += each.back() + "\n";
        return plan;
    }
};

TEST_F(followed_table_costs, of_100_000_rows_tells_one_new_change_for_what_one_of_100_rows_asks) {
    const auto few = steps_of_one_change_among<true>(100);
    const auto many = steps_of_one_change_among<true>(100'000);
    std::cout << "steps to one new change: " << few << " among 100 rows, " << many << " among 100,000\n";
    EXPECT_LE(many, 2 * few);
}

TEST_F(followed_table_costs, would_cost_a_pass_over_its_rows_for_each_commit_without_the_option) {
    const auto few = steps_of_one_change_among<false>(100);
    EXPECT_GT(steps_of_one_change_among<false>(10'000), 20 * few) << "or nothing is counted";
}

TEST_F(followed_table_costs, is_caught_up_with_in_proportion_to_its_changes) {
    const auto add = [&](int events) {
        for (int i = 0; i != events; ++i)
            append(stepped{{{static_cast<std::int64_t>(random_() % 200), 1 + static_cast<std::int64_t>(i)}}});
        fold<true>();
        fold<false>();
    };
    add(500);
    const auto few = steps_of_catching_up<true>();
    const auto few_without = steps_of_catching_up<false>();
    add(1'500);
    const auto many = steps_of_catching_up<true>();
    const auto many_without = steps_of_catching_up<false>();
    std::cout << "steps of catching up: " << few << " for 500 changes, " << many << " for 2,000; without indices "
              << few_without << " and " << many_without << "\n";
    EXPECT_LE(many, 5 * few);
    EXPECT_GT(many_without, 8 * few_without) << "or nothing is counted";
}

TEST_F(followed_table_costs, is_caught_up_with_in_proportion_to_the_rows_of_one_event) {
    append(filled{500, 1});
    fold<true>();
    const auto few = steps_of_catching_up<true>();
    append(filled{500, 0});
    append(filled{2'000, 2});
    fold<true>();
    const auto many = steps_of_catching_up<true>();
    EXPECT_LE(many, 7 * few) << "for 3,000 changes after 500";
}

TEST_F(followed_table_costs, of_a_page_are_look_ups_alone) {
    append(filled{10, 1});
    fold<true>();
    fold<false>();
    const query_log log;
    const auto read = leftfold::open_read_model<ledger<true>>(database_of(true));
    change_feed feed{read, &ledger<true>::numbers, {.from = change_start::earliest(), .page_changes = 4}};
    EXPECT_EQ(all_of(feed).size(), 10U);
    const auto asked = log.texts_of("numbers_versions");
    EXPECT_EQ(asked.size(), 2U) << "from a time on, and behind a row of an event";
    bool scans_without = false;
    for (const auto& each : asked) {
        const auto plan = plan_of(each, true);
        EXPECT_EQ(plan.find("SCAN main."), std::string::npos) << plan;
        for (const auto* index :
             {"numbers_by_valid_from", "numbers_versions_by_valid_from", "numbers_versions_by_valid_to"})
            EXPECT_NE(plan.find(std::string("COVERING INDEX ") + index), std::string::npos) << plan;
        scans_without = scans_without || plan_of(each, false).find("SCAN main.") != std::string::npos;
    }
    EXPECT_TRUE(scans_without) << "or plans say something else";
}

TEST_F(followed_table_costs, is_asked_for_the_past_in_the_way_that_one_is_which_is_not_followed) {
    for (std::int64_t i = 0; i != 50; ++i) append(stepped{{{i % 7, i}}});
    const query_log log;
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<ledger<true>>({.database = database_of(true)});
    engine.catch_up();
    fold<false>();
    const auto then = read.numbers.as_of(last_);
    then.for_each([](const number&) {});
    (void)then.count();
    (void)then.find(1);
    (void)then.range(1, 5);
    (void)then.all();
    (void)then.where<&number::value>(1);
    leftfold::sql_reader in_sql{database_of(true), {.store = &store_}};
    const auto at = then.time().micros();
    (void)in_sql.query<std::int64_t>("SELECT count(*) FROM numbers_as_of(?1)", at);
    (void)in_sql.query<std::int64_t>("SELECT value FROM numbers_as_of(?1) WHERE key = 3", at);
    const auto asked = log.texts_of("numbers_versions");
    EXPECT_GE(asked.size(), 7U);
    // Where it counts, the pass is over an index, which is smaller than the table. It is a pass nevertheless.
    const std::regex pass_over_less("(SCAN \\S+) USING COVERING INDEX \\S+_by_valid_\\S+");
    for (const auto& each : asked)
        EXPECT_EQ(std::regex_replace(plan_of(each, true), pass_over_less, "$1"), plan_of(each, false)) << each;
}

}  // namespace followed_table_costs_test
