// Following the changes of a table: each once, in order, from wherever one left off.

#include "leftfold/projections/change_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "leftfold/projections/change_subscription.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/read_models.hpp"

namespace change_feed_test {

using bank::balance;
using leftfold::change_feed;
using leftfold::change_start;
using leftfold::change_subscription;
using leftfold::errc;
using leftfold::recorded_at;
using read_models::code_of;
using namespace std::chrono_literals;

/// Whether deposits of 13 can be folded by now.
bool can_fold_13 = false;

/// Two rows an event: that of the account, and one for all of them.
class sums : public leftfold::projection<sums, bank::deposited, bank::closed> {
public:
    static constexpr auto projection_name = "sums";
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "sums", {.history = true}};
    leftfold::table<balance, &balance::account> now{*this, "sums_now"};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        for (const auto& key : {at.key(), std::string("*")})
            if (!rows.update(key, [&](balance& row) { row.cents += e.cents; })) rows.insert({key, e.cents});
    }
    void on(const bank::closed&, const leftfold::recorded& at) { rows.erase(at.key()); }
};

/// One that sets aside who deposits 13.
class picky : public leftfold::projection<picky, bank::deposited> {
public:
    static constexpr auto projection_name = "picky";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "picky", {.history = true}};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (e.cents == 13 && !can_fold_13) throw std::runtime_error("13");
        if (!rows.update(at.key(), [&](balance& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
};

struct seen {
    std::size_t row;  // of its event
    std::optional<balance> before;
    std::optional<balance> after;

    friend bool operator==(const seen&, const seen&) = default;
    friend std::ostream& operator<<(std::ostream& out, const seen& each) {
        const auto text = [](const auto& row) {
            return row ? row->account + "=" + std::to_string(row->cents) : "none";
        };
        return out << each.row << ": " << text(each.before) << " to " << text(each.after);
    }
};

class feeds : public read_models::fixture {
protected:
    leftfold::event_store make_sqlite() {
        auto options = store_options_;
        return leftfold::open_sqlite(directory_ / "store", {.partitions = 2, .store = options});
    }

    /// Appends so many events, and notes what each makes of its rows.
    void append(leftfold::event_store& store, int events) {
        for (int i = 0; i != events; ++i) {
            const std::string account(1, static_cast<char>('a' + random_() % 5));
            auto& row = oracle_[account];
            if (row && random_() % 4 == 0) {
                bank::append(store, account, bank::closed{});
                expected_.push_back({1, std::exchange(row, std::nullopt), std::nullopt});
                continue;
            }
            const auto cents = static_cast<std::int64_t>(random_() % 3);  // 0 changes nothing but what is not there
            bank::append(store, account, bank::deposited{cents});
            std::size_t number = 0;
            for (const auto& key : {std::string("*"), account}) {
                auto& of = oracle_[key];
                auto changed = of;
                if (!changed) changed = balance{key, 0};
                changed->cents += cents;
                if (changed != of) expected_.push_back({++number, of, changed});
                of = changed;
            }
        }
    }

    template <class Feed>
    static std::vector<seen> all_of(Feed& feed) {
        std::vector<seen> all;
        for (auto page = feed.next(); !page.empty(); page = feed.next())
            for (const auto& each : page) all.push_back({each.position.row, each.before, each.after});
        return all;
    }

    std::mt19937 random_{7};
    std::map<std::string, std::optional<balance>> oracle_;
    std::vector<seen> expected_;
};

TEST_F(feeds, give_each_change_of_each_row_once_in_the_order_of_the_log_whatever_the_flush_and_the_page) {
    auto memory = make_store();
    auto sqlite = make_sqlite();
    for (auto* store : {&memory, &sqlite}) {
        oracle_.clear();
        expected_.clear();
        append(*store, 120);
        for (const std::size_t flush : {1U, 7U, 1'000U}) {
            auto options = views();
            options.database = directory_ / (std::to_string(flush) + (store == &memory ? "m.db" : "s.db"));
            options.flush.events = flush;
            leftfold::projection_engine engine{*store};
            engine.add<sums>(options);
            const auto read = leftfold::open_read_model<sums>(options.database);
            for (const std::size_t page : {1U, 2U, 1'000U}) {
                change_feed feed{read, &sums::rows, {.from = change_start::earliest(), .page_changes = page}};
                if (page == 1) {
                    EXPECT_TRUE(feed.next().empty()) << "nothing is committed yet";
                }
                engine.catch_up();
                EXPECT_EQ(all_of(feed), expected_) << "flush of " << flush << ", pages of " << page;
                EXPECT_TRUE(feed.next(0ms).empty());
            }
        }
    }
}

TEST_F(feeds, go_on_from_any_position_and_any_time_in_any_feed) {
    auto store = make_store();
    append(store, 40);
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    engine.catch_up();
    const auto read = leftfold::open_read_model<sums>(file());
    change_feed feed{read, &sums::rows, {.from = change_start::earliest()}};
    const auto all = feed.next();
    ASSERT_EQ(all.size(), expected_.size());
    for (std::size_t i = 0; i != all.size(); ++i) {
        const auto text = to_string(all[i].position);
        change_feed rest{read, &sums::rows, {.from = leftfold::parse_change_position(text), .page_changes = 3}};
        const std::vector<seen> wanted(expected_.begin() + static_cast<std::ptrdiff_t>(i) + 1, expected_.end());
        ASSERT_EQ(all_of(rest), wanted) << "after " << text;
    }
    const auto middle = all[all.size() / 2].position.at;
    change_feed later{read, &sums::rows, {.from = middle}};
    std::map<std::string, std::int64_t> rows;
    read->rows.as_of(middle).for_each([&](const balance& row) { rows[row.account] = row.cents; });
    for (const auto& each : later.next()) {
        EXPECT_GT(each.position.at, middle);
        if (each.after)
            rows[each.row().account] = each.after->cents;
        else
            rows.erase(each.row().account);
    }
    std::map<std::string, std::int64_t> now;
    read->rows.for_each([&](const balance& row) { now[row.account] = row.cents; });
    EXPECT_EQ(rows, now) << "the rows as of a time and the changes after it are the rows";
}

TEST_F(feeds, begin_with_what_is_committed_next_and_wait_for_it) {
    auto store = make_store();
    append(store, 5);
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    engine.catch_up();
    const auto read = leftfold::open_read_model<sums>(file());
    change_feed feed{read, &sums::rows};
    EXPECT_TRUE(feed.next(0ms).empty());
    engine.start();
    for (int i = 1; i <= 20; ++i) {
        bank::append(store, "zoe", bank::deposited{1});
        auto got = feed.next(30s);
        if (got.size() == 1) got.push_back(feed.next(30s).at(0));  // never: the rows of an event commit together
        ASSERT_EQ(got.size(), 2U);
        EXPECT_EQ(got[1].row(), (balance{"zoe", i}));
    }
    feed.interrupt();
    EXPECT_TRUE(feed.next(1h).empty());
}

TEST_F(feeds, end_before_what_is_parked_and_go_on_when_it_has_rejoined) {
    can_fold_13 = false;
    auto store = make_store();
    bank::append(store, "bob", bank::deposited{1});
    bank::append(store, "alice", bank::deposited{13});
    bank::append(store, "bob", bank::deposited{2});
    leftfold::projection_engine engine{store};
    engine.add<picky>(views());
    engine.catch_up();
    const auto read = leftfold::open_read_model<picky>(file());
    change_feed feed{read, &picky::rows, {.from = change_start::earliest()}};
    EXPECT_EQ(all_of(feed), (std::vector<seen>{{1, std::nullopt, balance{"bob", 1}}}));
    can_fold_13 = true;
    ASSERT_TRUE(engine.retry_parked<picky>({"account", "alice"}));
    EXPECT_EQ(all_of(feed),
              (std::vector<seen>{{1, std::nullopt, balance{"alice", 13}}, {1, balance{"bob", 1}, balance{"bob", 3}}}));
}

TEST_F(feeds, go_on_over_a_rebuild_and_without_their_engine) {
    auto store = make_store();
    append(store, 20);
    std::vector<seen> got;
    const auto take = [&](auto& feed) { std::ranges::move(all_of(feed), std::back_inserter(got)); };
    {
        leftfold::projection_engine engine{store};
        engine.add<sums>(views());
        engine.catch_up();
    }
    const auto read = leftfold::open_read_model<sums>(file());
    change_feed feed{read, &sums::rows, {.from = change_start::earliest(), .page_changes = 4}};
    for (const auto& each : feed.next()) got.push_back({each.position.row, each.before, each.after});
    {
        leftfold::projection_engine engine{store};
        engine.add<sums>(views());
        append(store, 20);
        engine.catch_up();
        take(feed);
        ASSERT_TRUE(engine.rebuild<sums>().swapped);
        take(feed);
        append(store, 20);
        engine.catch_up();
    }
    take(feed);
    EXPECT_EQ(got, expected_);
}

TEST_F(feeds, refuse_what_they_cannot_tell) {
    auto store = make_store();
    auto other = make_store();
    append(store, 10);
    clock_->advance(24h);
    const recorded_at late{leftfold::instant{std::chrono::microseconds{clock_->wall_us()}}};
    append(store, 10);
    leftfold::projection_engine engine{store};
    auto options = views();
    options.start = leftfold::start_at::time(late);
    engine.add<sums>(options);
    engine.catch_up();
    const auto read = leftfold::open_read_model<sums>(file());
    EXPECT_EQ(code_of([&] { change_feed(read, &sums::now); }), errc::unsupported);
    EXPECT_EQ(code_of([&] { change_feed(read, &sums::rows, {.page_changes = 0}); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { change_feed(read, &sums::rows, {.from = recorded_at::from_micros(1)}); }),
              errc::before_history);
    change_feed feed{read, &sums::rows, {.from = change_start::earliest()}};
    auto where = feed.next().back().position;
    where.at = recorded_at::from_micros(1);
    EXPECT_EQ(code_of([&] { change_feed(read, &sums::rows, {.from = where}); }), errc::before_history);
    where.store = other.id();
    EXPECT_EQ(code_of([&] { change_feed(read, &sums::rows, {.from = where}); }), errc::other_history);
    engine.seek<sums>(leftfold::start_at::latest());
    EXPECT_EQ(code_of([&] { change_feed(read, &sums::rows, {.from = recorded_at{late}}); }), errc::before_history);
}

TEST_F(feeds, have_positions_with_one_text_each) {
    const leftfold::change_position where{leftfold::derive_event_id("a store"), leftfold::store_epoch{2},
                                          recorded_at::from_micros(-5), 3};
    const auto text = to_string(where);
    EXPECT_EQ(leftfold::parse_change_position(text), where);
    for (const auto& wrong : {text + "0.", "x" + text, text + ".1", text.substr(0, text.size() - 2), std::string("7"),
                              std::string(), std::string(1'000'000, '.')})
        EXPECT_EQ(code_of([&] { leftfold::parse_change_position(wrong); }), errc::invalid_argument)
            << wrong.substr(0, 99);
}

/// Counts what a subscriber is given, for a test that waits.
class counter {
public:
    void add() {
        const std::lock_guard lock(mutex_);
        ++count_;
        told_.notify_all();
    }
    bool reaches(std::size_t wanted) {
        std::unique_lock lock(mutex_);
        return told_.wait_for(lock, 30s, [&] { return count_ >= wanted; });
    }

private:
    std::mutex mutex_;
    std::condition_variable told_;
    std::size_t count_ = 0;
};

TEST_F(feeds, of_a_subscriber_that_throws_end_while_the_engine_and_other_subscribers_go_on) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    engine.start();
    const auto read = leftfold::open_read_model<sums>(file(), {.store = &store});
    std::vector<seen> good;
    counter of_good;
    std::vector<seen> bad;
    counter of_bad;
    const leftfold::change_feed_options all{.from = change_start::earliest(), .page_changes = 3};
    change_subscription steady(
        read, &sums::rows,
        [&](const auto& each) {
            good.push_back({each.position.row, each.before, each.after});
            of_good.add();
        },
        all);
    change_subscription weak(
        read, &sums::rows,
        [&](const auto& each) {
            of_bad.add();
            if (bad.size() == 7) throw std::runtime_error("no more of it");
            bad.push_back({each.position.row, each.before, each.after});
        },
        all);
    append(store, 40);
    ASSERT_TRUE(of_good.reaches(expected_.size()));
    ASSERT_TRUE(of_bad.reaches(8));
    weak.stop();
    EXPECT_FALSE(weak.is_running());
    std::string text;
    EXPECT_EQ(code_of([&] { weak.check(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("no more of it"), std::string::npos) << text;
    EXPECT_THROW(weak.check(), leftfold::subscriber_failed);
    const auto told = warnings_->told();
    EXPECT_TRUE(std::ranges::any_of(told, [](const auto& each) { return each.find("no more") != std::string::npos; }));

    EXPECT_TRUE(steady.is_running());
    steady.check();
    change_feed again{read, &sums::rows, {.from = weak.position()}};
    for (const auto& each : all_of(again)) bad.push_back(each);
    EXPECT_EQ(bad, expected_) << "from where it failed, that change comes again";
    append(store, 10);
    ASSERT_TRUE(of_good.reaches(expected_.size()));
    steady.stop();
    EXPECT_EQ(good, expected_);
    EXPECT_NE(engine.status<sums>().state, leftfold::projection_state::stopped);
}

}  // namespace change_feed_test
