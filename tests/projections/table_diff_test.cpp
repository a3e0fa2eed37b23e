// What made a table of then the table of later.

#include "leftfold/projections/table_diff.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "projections/read_models.hpp"

namespace table_diff_test {

using leftfold::recorded_at;
using namespace std::chrono_literals;
using rows_by_key = std::map<std::string, std::int64_t>;

class table_diff : public read_models::fixture {
protected:
    template <class Event>
    recorded_at append(const std::string& account, const Event& event) {
        clock_->advance(1s);
        return bank::append(store_, account, event).recorded;
    }
    const bank::balances& fold() {
        engine_.emplace(store_);
        const auto& read = engine_->add<bank::balances>(views());
        engine_->catch_up();
        return read;
    }

    leftfold::event_store store_ = make_store();
    std::optional<leftfold::projection_engine> engine_;
};

TEST_F(table_diff, names_the_rows_that_came_went_and_changed_with_their_columns) {
    append("alice", bank::opened{"Alice"});
    append("bob", bank::opened{"Bob"});
    const auto monday = append("carol", bank::opened{"Carol"});
    append("alice", bank::deposited{70});
    append("bob", bank::closed{});
    const auto tuesday = append("dora", bank::opened{"Dora"});
    const auto& read = fold();

    const auto changes = leftfold::diff(read.rows.as_of(monday), read.rows.as_of(tuesday));
    EXPECT_EQ(changes.inserted, (std::vector<bank::balance>{{"dora", 0}}));
    EXPECT_EQ(changes.deleted, (std::vector<bank::balance>{{"bob", 0}}));
    ASSERT_EQ(changes.changed.size(), 1U);
    EXPECT_EQ(changes.changed[0].before, (bank::balance{"alice", 0}));
    EXPECT_EQ(changes.changed[0].after, (bank::balance{"alice", 70}));
    ASSERT_EQ(changes.changed[0].changes.size(), 1U);
    EXPECT_EQ(to_string(changes.changed[0].changes[0]), "$.cents: 0 → 70");

    const auto back = leftfold::diff(read.rows.as_of(tuesday), read.rows.as_of(monday));
    EXPECT_EQ(back.inserted, changes.deleted);
    EXPECT_EQ(back.deleted, changes.inserted);
    EXPECT_EQ(to_string(back.changed[0].changes[0]), "$.cents: 70 → 0");
    EXPECT_TRUE(leftfold::diff(read.rows.as_of(monday), read.rows.as_of(monday)).empty());
}

TEST_F(table_diff, compares_one_row_of_two_times) {
    const auto before_all = append("bob", bank::opened{"Bob"});
    const auto monday = append("alice", bank::opened{"Alice"});
    const auto tuesday = append("alice", bank::deposited{70});
    const auto& rows = fold().rows;
    const auto told = [&](recorded_at from, recorded_at to) {
        std::string all;
        for (const auto& each : leftfold::diff(rows.as_of(from).find("alice"), rows.as_of(to).find("alice")))
            all += to_string(each) + "\n";
        return all;
    };
    EXPECT_EQ(told(monday, tuesday), "$.cents: 0 → 70\n");
    EXPECT_EQ(told(before_all, monday), "$: added {\"account\":\"alice\",\"cents\":0}\n");
    EXPECT_EQ(told(tuesday, before_all), "$: removed {\"account\":\"alice\",\"cents\":70}\n");
    EXPECT_EQ(told(before_all, before_all), "");
}

TEST_F(table_diff, of_any_two_times_makes_the_one_table_the_other) {
    std::mt19937_64 random(20'260'315);
    std::map<std::string, bool> open;
    std::vector<recorded_at> times;
    for (int i = 0; i != 120; ++i) {
        const auto account = std::to_string(random() % 9);
        if (!open[account])
            times.push_back(append(account, bank::opened{"X"}));
        else if (random() % 4 == 0)
            times.push_back(append(account, bank::closed{}));
        else
            times.push_back(append(account, bank::deposited{static_cast<std::int64_t>(random() % 3)}));
        open[account] = !open[account] || store_.read_stream({"account", account}).back().type != "bank.account_closed";
    }
    const auto& rows = fold().rows;
    const auto all_of = [&](recorded_at when) {
        rows_by_key all;
        for (const auto& row : rows.as_of(when).all()) all[row.account] = row.cents;
        return all;
    };
    for (int i = 0; i != 60; ++i) {
        const auto from = times[random() % times.size()];
        const auto to = times[random() % times.size()];
        auto table = all_of(from);
        const auto changes = leftfold::diff(rows.as_of(from), rows.as_of(to));
        for (const auto& row : changes.deleted) EXPECT_EQ(table.erase(row.account), 1U);
        for (const auto& row : changes.inserted) EXPECT_TRUE(table.emplace(row.account, row.cents).second);
        for (const auto& each : changes.changed) {
            EXPECT_EQ(table.at(each.after.account), each.before.cents);
            EXPECT_NE(each.before.cents, each.after.cents);
            table[each.after.account] = each.after.cents;
        }
        EXPECT_EQ(table, all_of(to));
    }
}

}  // namespace table_diff_test
