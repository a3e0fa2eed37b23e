// Following the changes of any table while they are made: the same that a feed tells of a table with history.

#include "leftfold/projections/change_tap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/projections/change_feed.hpp"
#include "leftfold/projections/change_subscription.hpp"
#include "projections/read_models.hpp"
#include "projections/trails.hpp"

namespace change_tap_test {

using bank::balance;
using leftfold::change_feed;
using leftfold::change_start;
using leftfold::change_tap;
using leftfold::errc;
using leftfold::stream_id;
using read_models::code_of;
using namespace std::chrono_literals;

enum class size { small, medium, large };  // in another order than that of their names
BOOST_DESCRIBE_ENUM(size, small, medium, large)
struct count_of_size {
    size of{};
    std::int64_t deposits{};

    friend bool operator==(const count_of_size&, const count_of_size&) = default;
};
BOOST_DESCRIBE_STRUCT(count_of_size, (), (of, deposits))

/// The same rows with history and without, and several rows an event.
class sums : public leftfold::projection<sums, bank::deposited, bank::closed> {
public:
    static constexpr auto projection_name = "sums";
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "sums"};
    leftfold::table<balance, &balance::account> told{*this, "sums_told", {.history = true}};
    leftfold::table<count_of_size, &count_of_size::of> sizes{*this, "sums_sizes"};
    leftfold::table<count_of_size, &count_of_size::of> sizes_told{*this, "sums_sizes_told", {.history = true}};

    void on(const bank::deposited& e, const leftfold::recorded& at) {
        for (auto* table : {&rows, &told})
            for (const auto& key : {at.key(), std::string("*")})
                if (!table->update(key, [&](balance& row) { row.cents += e.cents; })) table->insert({key, e.cents});
        for (auto* table : {&sizes, &sizes_told})
            for (const auto key : {size::small, size::medium, size::large})
                if (!table->update(key, [](count_of_size& row) { ++row.deposits; })) table->insert({key, 1});
    }
    void on(const bank::closed&, const leftfold::recorded& at) {
        rows.erase(at.key());
        told.erase(at.key());
    }
};

/// One that sets aside who deposits 13, until it can bear that.
class picky : public leftfold::projection<picky, bank::deposited> {
public:
    static constexpr auto projection_name = "picky";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "picky"};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (e.cents == 13 && !can_fold_13) throw std::runtime_error("13");
        if (!rows.update(at.key(), [&](balance& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
    static inline bool can_fold_13 = false;
};

/// A model that nobody keeps.
class in_memory_only : public leftfold::projection<in_memory_only, bank::deposited> {
public:
    static constexpr auto projection_name = "in_memory_only";
    using ignored = leftfold::ignores_others;
    void on(const bank::deposited&, const leftfold::recorded&) {}
};

template <class Change>
void add_to(std::vector<Change>& all, const std::vector<Change>& page) {
    all.insert(all.end(), page.begin(), page.end());
}

/// Two ways of telling the same.
template <class Change>
void expect_equal(const std::vector<Change>& got, const std::vector<Change>& expected) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i != got.size(); ++i) {
        EXPECT_EQ(to_string(got[i].position), to_string(expected[i].position));
        EXPECT_EQ(got[i].before == expected[i].before && got[i].after == expected[i].after, true) << i;
    }
}

template <class Feed>
auto all_of(Feed&& feed) {
    auto all = feed.next();
    for (auto page = feed.next(); !page.empty(); page = feed.next()) add_to(all, page);
    return all;
}

class taps : public read_models::fixture {
protected:
    static void append(leftfold::event_store& store, int events) {
        static constexpr const char* accounts[] = {"ann", "bob", "cleo", "+dan"};
        for (int i = 0; i != events; ++i) {
            const auto* account = accounts[i * i % 4];
            if (i % 7 == 6)
                bank::append(store, account, bank::closed{});
            else
                bank::append(store, account, bank::deposited{i % 3});  // 0 changes only what is not there
        }
    }
};

TEST_F(taps, tell_of_a_table_without_history_what_a_feed_tells_of_one_with_it_whatever_the_flush) {
    auto store = make_store();
    for (const std::size_t flush : {1U, 7U, 1'000U}) {
        auto options = views();
        options.database = directory_ / (std::to_string(flush) + ".db");
        options.flush.events = flush;
        leftfold::projection_engine engine{store};
        engine.add<sums>(options);
        change_tap rows{engine, &sums::rows};
        change_tap told{engine, &sums::told};
        change_tap sizes{engine, &sums::sizes};
        append(store, 100);
        engine.catch_up();
        const auto read = leftfold::open_read_model<sums>(options.database);
        const auto expected = all_of(change_feed{read, &sums::told, {.from = change_start::earliest()}});
        ASSERT_GT(expected.size(), 100U);
        expect_equal(rows.next(), expected);
        expect_equal(told.next(), expected);
        EXPECT_EQ(rows.position(), expected.back().position);
        expect_equal(sizes.next(), all_of(change_feed{read, &sums::sizes_told, {.from = change_start::earliest()}}));
        EXPECT_TRUE(rows.next().empty());
    }
}

TEST_F(taps, begin_with_what_is_committed_next_and_wait_for_it) {
    auto store = make_store();
    append(store, 5);
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    engine.catch_up();
    engine.start();
    change_tap tap{engine, &sums::rows};
    const auto begins = tap.position();
    EXPECT_TRUE(tap.next(0ms).empty());
    for (int i = 1; i <= 20; ++i) {
        bank::append(store, "zoe", bank::deposited{1});
        const auto got = tap.next(30s);
        ASSERT_EQ(got.size(), 2U);
        EXPECT_EQ(got[1].row(), (balance{"zoe", i}));
    }
    tap.interrupt();
    EXPECT_TRUE(tap.next(1h).empty());
    const auto read = leftfold::open_read_model<sums>(file());
    EXPECT_EQ(all_of(change_feed{read, &sums::told, {.from = begins}}).size(), 40U) << "a feed goes on from there";
}

TEST_F(taps, tell_each_change_once_when_flushes_and_events_fail) {
    auto store = make_store();
    int writes = 0;
    leftfold::projection_engine engine{store, {.failpoint = [&](std::string_view step) {
                                           if (step == "checkpoint is written" && ++writes % 2 == 1)
                                               throw std::runtime_error("the disk is out");
                                       }}};
    auto options = views();
    options.flush.events = 9;
    options.retries = {.count = 100};
    engine.add<sums>(options);
    change_tap tap{engine, &sums::rows};
    append(store, 60);
    engine.catch_up();
    EXPECT_GT(writes, 10);
    const auto read = leftfold::open_read_model<sums>(file());
    expect_equal(tap.next(), all_of(change_feed{read, &sums::told, {.from = change_start::earliest()}}));
}

TEST_F(taps, end_when_a_flush_that_failed_is_committed_all_the_same) {
    auto store = make_store();
    bool fails = false;
    leftfold::projection_engine engine{store, {.failpoint = [&](std::string_view step) {
                                           if (step == "flush is committed" && std::exchange(fails, false))
                                               throw std::runtime_error("nobody heard of it");
                                       }}};
    engine.add<sums>(views());
    change_tap tap{engine, &sums::rows};
    append(store, 5);
    engine.catch_up();
    EXPECT_FALSE(tap.next().empty());
    fails = true;
    append(store, 5);
    engine.catch_up();
    EXPECT_EQ(code_of([&] { tap.next(); }), errc::stale_model);
}

TEST_F(taps, of_lanes_that_fold_beside_each_other_are_in_the_order_of_the_log) {
    auto store = leftfold::open_memory({.partitions = 4, .store = store_options_});
    for (const std::size_t flush : {3U, 1'000U}) {
        auto options = views();
        options.database = directory_ / (std::to_string(flush) + ".db");
        options.flush.events = flush;
        leftfold::projection_engine engine{store};
        engine.add<trails::in_lanes>(options);
        change_tap tap{engine, &trails::in_lanes::rows};
        trails::fill(store, 700);
        auto got = tap.next();
        while (engine.step()) add_to(got, tap.next());
        engine.catch_up();
        add_to(got, tap.next());
        const auto read = leftfold::open_read_model<trails::in_lanes>(options.database);
        const auto expected = all_of(change_feed{read, &trails::in_lanes::rows, {.from = change_start::earliest()}});
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t i = 0; i != got.size(); ++i)
            ASSERT_EQ(to_string(got[i].position), to_string(expected[i].position)) << i;
    }
}

TEST_F(taps, whose_follower_falls_behind_give_what_they_hold_and_say_so) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    change_tap slow{engine, &sums::rows, {.held_changes = 5}};
    change_tap quick{engine, &sums::rows, {.held_changes = 5}};
    for (int i = 0; i != 4; ++i) {
        bank::append(store, "ann", bank::deposited{1});
        engine.catch_up();
        EXPECT_EQ(quick.next().size(), 2U);
    }
    EXPECT_EQ(slow.next().size(), 4U) << "two events of two rows each; the third was too much";
    std::string text;
    EXPECT_EQ(code_of([&] { slow.next(1h); }, &text), errc::before_history);
    EXPECT_NE(text.find("sums"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { slow.next(); }), errc::before_history) << "each time";
}

TEST_F(taps, end_when_rows_become_others_by_no_event_and_not_by_a_rebuild_that_finds_them_equal) {
    auto store = make_store();
    append(store, 10);
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    engine.catch_up();
    {
        change_tap tap{engine, &sums::rows};
        ASSERT_TRUE(engine.rebuild<sums>().swapped);
        bank::append(store, "ann", bank::deposited{1});
        engine.catch_up();
        EXPECT_EQ(tap.next().size(), 2U);
        engine.roll_back<sums>();
        EXPECT_EQ(code_of([&] { tap.next(); }), errc::stale_model);
    }
    {
        change_tap tap{engine, &sums::rows};
        engine.seek<sums>(leftfold::start_at::earliest());
        engine.catch_up();
        EXPECT_EQ(code_of([&] { tap.next(); }), errc::stale_model);
    }
    {
        change_tap tap{engine, &sums::rows};
        ASSERT_TRUE(engine.rebuild<sums>({.one_key_in = 2}).swapped);
        EXPECT_EQ(code_of([&] { tap.next(); }), errc::stale_model);
    }
    change_tap again{engine, &sums::rows};
    bank::append(store, "ann", bank::deposited{1});
    engine.catch_up();
    EXPECT_EQ(again.next().size(), 2U);
}

TEST_F(taps, tell_of_those_that_are_not_parked_and_end_when_one_rejoins) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    engine.add<picky>(views());
    change_tap tap{engine, &picky::rows};
    for (const int cents : {1, 13, 2}) bank::append(store, cents == 13 ? "ann" : "bob", bank::deposited{cents});
    engine.catch_up();
    auto got = tap.next();
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[1].row(), (balance{"bob", 3}));
    EXPECT_FALSE(engine.retry_parked<picky>({"account", "ann"})) << "nothing has become another";
    bank::append(store, "bob", bank::deposited{1});
    engine.catch_up();
    got = tap.next();
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].row(), (balance{"bob", 4}));
    picky::can_fold_13 = true;
    EXPECT_TRUE(engine.retry_parked<picky>({"account", "ann"}));
    EXPECT_EQ(code_of([&] { tap.next(); }), errc::stale_model);
    picky::can_fold_13 = false;
}

TEST_F(taps, outlive_their_engine) {
    auto store = make_store();
    auto engine = std::make_unique<leftfold::projection_engine>(store);
    engine->add<sums>(views());
    change_tap tap{*engine, &sums::rows};
    change_tap waiting{*engine, &sums::sizes};
    auto woken = std::async(std::launch::async, [&] {
        EXPECT_EQ(waiting.next(1h).size(), 3U);
        return code_of([&] { waiting.next(1h); });
    });
    bank::append(store, "ann", bank::deposited{1});
    engine->catch_up();
    engine.reset();
    EXPECT_EQ(tap.next().size(), 2U);
    EXPECT_EQ(code_of([&] { tap.next(1h); }), errc::projection_stopped);
    EXPECT_EQ(woken.get(), errc::projection_stopped);
}

TEST_F(taps, refuse_what_they_cannot_follow) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    EXPECT_EQ(code_of([&] { change_tap(engine, &sums::rows); }), errc::not_found);
    engine.add<sums>(views());
    engine.add_in_memory<in_memory_only>();
    EXPECT_EQ(code_of([&] { change_tap(engine, &sums::rows, {.held_changes = 0}); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { engine.read<in_memory_only>(); }), errc::unsupported);
}

TEST_F(taps, have_subscribers_beside_which_others_go_on) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    engine.add<sums>(views());
    engine.start();
    std::vector<leftfold::row_change<balance>> seen;
    std::promise<void> all;
    std::promise<void> failed;
    leftfold::change_subscription steady(change_tap{engine, &sums::rows}, [&](const auto& change) {
        seen.push_back(change);
        if (change.row().account == "zoe") all.set_value();
    });
    leftfold::change_subscription weak(change_tap{engine, &sums::rows}, [&](const auto&) {
        failed.set_value();
        throw std::runtime_error("no more of it");
    });
    append(store, 40);
    bank::append(store, "zoe", bank::deposited{1});
    ASSERT_EQ(all.get_future().wait_for(30s), std::future_status::ready);
    ASSERT_EQ(failed.get_future().wait_for(30s), std::future_status::ready);
    steady.stop();
    weak.stop();
    steady.check();
    EXPECT_THROW(weak.check(), leftfold::subscriber_failed);
    const auto read = leftfold::open_read_model<sums>(file());
    expect_equal(seen, all_of(change_feed{read, &sums::told, {.from = change_start::earliest()}}));
}

}  // namespace change_tap_test
