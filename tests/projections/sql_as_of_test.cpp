// SQL as of a time: equals a naive fold at every event's time, and says why where it cannot answer.

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "leftfold/projections/sql_reader.hpp"
#include "projections/read_models.hpp"

namespace sql_as_of_test {

using leftfold::errc;
using read_models::code_of;

struct visit {
    std::string account;
    std::int64_t count{};
    std::optional<std::string> last_owner;
};
BOOST_DESCRIBE_STRUCT(visit, (), (account, count, last_owner))

/// A second table with history, in the same database: how many events an account has seen.
class visits : public leftfold::projection<visits, bank::opened, bank::deposited, bank::withdrawn, bank::closed> {
public:
    static constexpr auto projection_name = "visits";
    leftfold::table<visit, &visit::account> rows{*this, "visits", {.history = true}};
    void on(const bank::opened& e, const leftfold::recorded& at) { count(at.key()).last_owner = e.owner; }
    void on(const bank::deposited&, const leftfold::recorded& at) { count(at.key()); }
    void on(const bank::withdrawn&, const leftfold::recorded& at) { count(at.key()); }
    void on(const bank::closed&, const leftfold::recorded& at) { count(at.key()); }

private:
    visit& count(const std::string& account) {
        if (!rows.find(account)) rows.insert({account, 0, {}});
        auto& row = rows.at(account);
        ++row.count;
        return row;
    }
};

using balances_then = std::map<std::string, std::int64_t>;

class sql_as_of : public read_models::fixture {
protected:
    struct moment {
        leftfold::recorded_at when;
        balances_then balances;
        std::map<std::string, std::int64_t> visits;
    };

    /// Appends events of random accounts, which come and go, and remembers what was true after each.
    void append_random(int events) {
        std::mt19937_64 random(20'260'315);
        balances_then now;
        std::map<std::string, std::int64_t> seen;
        for (int i = 0; i != events; ++i) {
            clock_->advance(std::chrono::microseconds(random() % 3));
            const auto account = "it's \"" + std::to_string(random() % 7);
            leftfold::appended done;
            if (!now.contains(account)) {
                done = bank::append(store_, account, bank::opened{"Ann"});
                now[account] = 0;
            } else if (random() % 5 == 0) {
                done = bank::append(store_, account, bank::closed{});
                now.erase(account);
            } else {
                const auto cents = static_cast<std::int64_t>(random() % 100);
                done = bank::append(store_, account, bank::deposited{cents});
                now[account] += cents;
            }
            ++seen[account];
            moments_.push_back({done.recorded, now, seen});
        }
    }

    void fold(std::size_t flush_events) {
        leftfold::projection_engine engine{store_};
        leftfold::projection_options options{.database = file(), .flush = {.events = flush_events}};
        engine.add<bank::balances>(options);
        engine.add<visits>(options);
        engine.catch_up();
    }

    leftfold::event_store store_ = make_store();
    std::vector<moment> moments_;
};

class sql_as_of_by_flush_size : public sql_as_of, public testing::WithParamInterface<std::size_t> {};

TEST_P(sql_as_of_by_flush_size, rows_at_every_event_equal_a_naive_fold) {
    append_random(150);
    fold(GetParam());
    leftfold::sql_reader read{file()};
    int compared = 0;
    for (const auto& [when, balances, seen] : moments_) {
        balances_then all;
        for (const auto& [account, cents] :
             read.query<std::string, std::int64_t>("SELECT * FROM balances_as_of(?1) ORDER BY account", when.micros()))
            all[account] = cents;
        ASSERT_EQ(all, balances) << "as of " << leftfold::to_rfc3339(when.time());
        for (int i = 0; i != 7; ++i) {
            const auto account = "it's \"" + std::to_string(i);
            const auto one = read.query<std::int64_t>("SELECT cents FROM balances_as_of(?1) WHERE account = ?2",
                                                      leftfold::to_rfc3339(when.time()), account);
            const auto expected = balances.find(account);
            ASSERT_EQ(one.size(), expected == balances.end() ? 0U : 1U);
            if (!one.empty()) {
                ASSERT_EQ(std::get<0>(one.front()), expected->second);
            }
            ++compared;
        }
    }
    std::cout << "keys asked in SQL as of a time: " << compared << '\n';
    EXPECT_EQ(compared, 7 * 150);
}

TEST_P(sql_as_of_by_flush_size, joins_are_of_one_cut_and_take_times_from_anywhere) {
    append_random(100);
    fold(GetParam());
    leftfold::sql_reader read{file()};
    for (std::size_t i = 0; i < moments_.size(); i += 9) {
        const auto& at = moments_[i];
        std::int64_t expected = 0;
        for (const auto& [account, cents] : at.balances) expected += cents * at.visits.at(account);
        const auto joined = read.query<std::int64_t>(
            "SELECT coalesce(sum(b.cents * v.count), 0) FROM balances_as_of(?1) b JOIN visits_as_of(?1) v USING "
            "(account)",
            at.when.micros());
        EXPECT_EQ(std::get<0>(joined.front()), expected);
        // Two times of one table, and a time that comes from a row.
        const auto& later = moments_[std::min(i + 20, moments_.size() - 1)];
        std::int64_t kept = 0;
        for (const auto& [account, cents] : at.balances)
            if (later.balances.contains(account)) ++kept;
        EXPECT_EQ(std::get<0>(read.query<std::int64_t>("SELECT count(*) FROM balances_as_of(?1) a "
                                                       "JOIN balances_as_of(?2) b ON a.account = b.account",
                                                       at.when.micros(), later.when.micros())
                                  .front()),
                  kept);
        EXPECT_EQ(std::get<0>(read.query<std::int64_t>("WITH t(x) AS (VALUES (?1), (?2)) "
                                                       "SELECT count(*) FROM t JOIN balances_as_of(t.x)",
                                                       at.when.micros(), later.when.micros())
                                  .front()),
                  static_cast<std::int64_t>(at.balances.size() + later.balances.size()));
    }
}

INSTANTIATE_TEST_SUITE_P(flush_sizes, sql_as_of_by_flush_size, testing::Values(1, 7, 100'000),
                         [](const auto& of) { return "of_" + std::to_string(of.param); });

TEST_F(sql_as_of, an_equality_with_the_key_is_pushed_down_and_no_other_comparison_is) {
    append_random(50);
    fold(1'000);
    leftfold::sql_reader read{file()};
    const auto plan = [&](const std::string& condition) {
        const auto rows = read.query<std::int64_t, std::int64_t, std::int64_t, std::string>(
            "EXPLAIN QUERY PLAN SELECT * FROM balances_as_of('now') WHERE " + condition);
        const auto& text = std::get<3>(rows.front());
        return text.substr(text.rfind(' ') + 1);
    };
    EXPECT_EQ(plan("account = 'a'"), "1:");
    EXPECT_EQ(plan("account IN ('a', 'b')"), "1:");
    EXPECT_EQ(plan("cents = 5"), "0:");
    EXPECT_EQ(plan("account > 'a'"), "0:");
    EXPECT_EQ(plan("account = 'A' COLLATE NOCASE"), "0:");
    const auto name = moments_.back().balances.begin()->first;
    EXPECT_EQ(read.query<std::string>("SELECT account FROM balances_as_of(?1) WHERE account = ?2 COLLATE NOCASE",
                                      moments_.back().when.micros(), "IT" + name.substr(2))
                  .size(),
              1U);
}

TEST_F(sql_as_of, a_time_is_shown_as_the_instant_that_it_came_to) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    clock_->advance(std::chrono::hours{3});
    bank::append(store_, "bob", bank::opened{"Bob"});
    fold(1'000);
    leftfold::sql_reader read{file(), {.store = &store_}};
    const auto rows = read.query<std::string, std::string>("SELECT account, as_of FROM balances_as_of('2 hours ago')");
    ASSERT_EQ(rows.size(), 1U);
    const auto then = leftfold::instant{std::chrono::microseconds{clock_->wall_us()}} - std::chrono::hours{2};
    EXPECT_EQ(std::get<1>(rows.front()), leftfold::to_rfc3339(then));
}

TEST_F(sql_as_of, what_cannot_be_answered_has_the_codes_of_the_tables) {
    const auto first = bank::append(store_, "alice", bank::opened{"Alice"});
    fold(1'000);
    leftfold::sql_reader_options impatient{.as_of_wait = std::chrono::milliseconds{0}};
    leftfold::sql_reader read{file(), impatient};
    const auto ask = [&](leftfold::sql_reader& with, const std::string& time) {
        std::string text;
        const auto code =
            code_of([&] { with.query<std::string>("SELECT account FROM balances_as_of(" + time + ")"); }, &text);
        return std::pair(code, text);
    };
    EXPECT_EQ(ask(read, "'2999-01-01'").first, errc::not_yet);
    EXPECT_EQ(ask(read, "'yesterday-ish'").first, errc::invalid_argument);
    EXPECT_EQ(ask(read, "NULL").first, errc::invalid_argument);
    EXPECT_EQ(ask(read, "1.5").first, errc::invalid_argument);
    EXPECT_EQ(ask(read, "").first, errc::invalid_argument);
    EXPECT_NE(ask(read, "").second.find("balances_as_of wants a time"), std::string::npos) << ask(read, "").second;
    EXPECT_EQ(code_of([&] { read.query<std::string>("SELECT account, cents FROM balances_as_of(0)"); }),
              errc::invalid_argument);
    EXPECT_EQ(code_of([&] { read.query<std::string>("SELECT account FROM months_as_of(0)"); }), errc::invalid_argument);

    clock_->advance(std::chrono::seconds{5});
    const auto second = bank::append(store_, "bob", bank::opened{"Bob"});
    impatient.store = &store_;
    leftfold::sql_reader knowing{file(), impatient};
    const auto behind = ask(knowing, std::to_string(second.recorded.micros()));
    EXPECT_EQ(behind.first, errc::behind);
    EXPECT_NE(behind.second.find("projection balances is at "), std::string::npos) << behind.second;
    const auto before = second.recorded.micros() - 1;  // by then nothing is missing
    EXPECT_EQ(knowing.query<std::string>("SELECT account FROM balances_as_of(?1)", before).size(), 1U);
    EXPECT_EQ(knowing.query<std::string>("SELECT account FROM balances_as_of(?1)", first.recorded.micros()).size(), 1U);
    fold(1'000);
    EXPECT_EQ(knowing.query<std::string>("SELECT account FROM balances_as_of(?1)", second.recorded.micros()).size(),
              2U);

    auto other = make_store();
    leftfold::sql_reader foreign{file(), {.store = &other}};
    EXPECT_EQ(ask(foreign, std::to_string(first.recorded.micros())).first, errc::stale_model);
}

class forgetful : public leftfold::projection<forgetful, bank::opened> {
public:
    static constexpr auto projection_name = "forgetful";
    static inline leftfold::recorded_at begins{};
    leftfold::table<bank::balance, &bank::balance::account> rows{
        *this, "forgetful", {.history = true, .history_from = begins}};
    void on(const bank::opened&, const leftfold::recorded& at) { rows.put({at.key(), 0}); }
};

TEST_F(sql_as_of, a_time_before_the_history_is_refused) {
    const auto first = bank::append(store_, "alice", bank::opened{"Alice"});
    clock_->advance(std::chrono::seconds{5});
    const auto second = bank::append(store_, "bob", bank::opened{"Bob"});
    forgetful::begins = second.recorded;
    leftfold::projection_engine engine{store_};
    engine.add<forgetful>(views());
    engine.catch_up();
    leftfold::sql_reader read{file()};
    EXPECT_EQ(
        code_of([&] { read.query<std::string>("SELECT account FROM forgetful_as_of(?1)", first.recorded.micros()); }),
        errc::before_history);
    EXPECT_EQ(read.query<std::string>("SELECT account FROM forgetful_as_of(?1)", second.recorded.micros()).size(), 2U);
}

TEST_F(sql_as_of, a_query_waits_for_the_rows_that_an_engine_is_about_to_bring) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    engine.catch_up();
    leftfold::sql_reader read{file(), {.store = &store_, .as_of_wait = std::chrono::seconds{30}}};
    clock_->advance(std::chrono::seconds{5});
    const auto second = bank::append(store_, "bob", bank::opened{"Bob"});
    engine.start();
    EXPECT_EQ(read.query<std::string>("SELECT account FROM balances_as_of(?1)", second.recorded.micros()).size(), 2U);
}

}  // namespace sql_as_of_test
