// The snippets of docs/projections.md, docs/read_models.md and docs/change_feed.md, and those of docs/testing.md about
// projections.
#include <gtest/gtest.h>

#include <boost/describe/class.hpp>
#include <filesystem>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/change_subscription.hpp"
#include "leftfold/projections/change_tap.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/replay_as_of.hpp"
#include "leftfold/projections/row_blame.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/projections/sql_table.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "leftfold/storage/position_token.hpp"
#include "leftfold/testing/project.hpp"
#include "leftfold/testing/store.hpp"
#include "projections/bank.hpp"
#include "support/temporary_directory.hpp"

namespace read_models_page_test {

using namespace std::chrono_literals;
using namespace bank;

/// Works in a directory of its own, as a program that a page shows does.
class in_own_directory {
public:
    in_own_directory() { std::filesystem::current_path(place_.path()); }
    ~in_own_directory() { std::filesystem::current_path(before_); }
    in_own_directory(const in_own_directory&) = delete;
    in_own_directory& operator=(const in_own_directory&) = delete;

private:
    std::filesystem::path before_ = std::filesystem::current_path();
    leftfold::test_support::temporary_directory place_;
};

TEST(read_models_page, are_folded_read_and_asked_about_the_past) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    append(store, "alice", deposited{200'00});
    const auto march_15 = std::chrono::sys_days{std::chrono::year{2026} / 3 / 15};
    store.advance_to(march_15 + 24h);
    const auto done = append(store, "alice", withdrawn{150'00});

    leftfold::projection_engine engine{store};
    auto& read = engine.add<balances>({.database = "bank.views.db"});
    engine.start();
    engine.wait_for(done.position);  // until the event is in the rows of every projection
    read.rows.find("alice");
    // …
    EXPECT_EQ(read.rows.find("alice")->cents, 50'00);

    auto then = read.rows.as_of(leftfold::recorded_at{march_15});
    then.find("alice");  // the row as it stood then
    then.cut();          // the events that this answer rests on: ask again with it, next year
    // …
    EXPECT_EQ(then.find("alice")->cents, 200'00);
    EXPECT_EQ(read.rows.as_of(leftfold::recorded_at{march_15}).cut(), then.cut());
}

TEST(read_models_page, are_verified_and_healed) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    {
        leftfold::projection_engine engine{store};
        engine.add<balances>({.database = "bank.views.db"});
        engine.catch_up();
    }
    const auto report = leftfold::verify_projection<balances>(store, "bank.views.db");
    report.sound();     // whether all are as they should be
    to_string(report);  // a line that sums it up, and one for each row that is not
    // …
    leftfold::heal_row<balances>(store, "bank.views.db", "balances", "alice");
    EXPECT_TRUE(report.sound()) << to_string(report);
}

TEST(read_models_page, are_rebuilt_beside_their_rows) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    leftfold::projection_engine engine{store};
    auto& read = engine.add<balances>({.database = "bank.views.db"});
    engine.catch_up();
    std::string told;
    const auto report = [&](std::string text) { told = std::move(text); };
    const auto done = engine.rebuild<balances>();
    if (!done.swapped) report(to_string(done.compared));
    // …
    EXPECT_EQ(told, "");
    engine.roll_back<balances>();
    EXPECT_EQ(read.rows.find("alice")->cents, 0);
}

TEST(read_models_page, are_tested_from_events_to_rows) {
    using leftfold::testing::after, leftfold::testing::on, leftfold::testing::project;

    auto made = project<balances>(on("account-alice", opened{"Alice"}, deposited{50}),  // the stream, and its events
                                  on("account-bob", opened{"Bob"}), after(48h),         // in the order of recording
                                  on("account-alice", withdrawn{20}));
    EXPECT_EQ(made.expect(balance{"alice", 30}, balance{"bob", 0}), "");  // these rows and no others
    EXPECT_EQ(made.expect_sql("SELECT cents FROM balances_as_of('2026-01-02') ORDER BY 1", "0", "50"), "");
    // …
    EXPECT_EQ(made.twice().batches_of(1).shuffled_partitions(7).expect(balance{"alice", 30}, balance{"bob", 0}), "");
    // …
    EXPECT_EQ(project<balances>(on("account-bob", deposited{5})).expect_stop<deposited>("row \"bob\""), "");
}

TEST(read_models_page, begin_where_they_are_told) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    store.advance(std::chrono::days{40});
    append(store, "bob", opened{"Bob"});
    leftfold::projection_engine engine{store};
    auto& read =
        // …
        engine.add<balances>({.database = "bank.views.db", .start = leftfold::start_at::ago(std::chrono::days{30})});
    // …
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice"), std::nullopt);
    EXPECT_EQ(read.rows.find("bob")->cents, 0);
}

TEST(read_models_page, are_read_by_path_and_in_sql) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    append(store, "alice", deposited{200'00});
    store.advance_to(std::chrono::sys_days{std::chrono::year{2026} / 3 / 16});
    const auto done = append(store, "alice", withdrawn{150'00});
    leftfold::projection_engine engine{store};
    engine.add<balances>({.database = "bank.views.db"});
    engine.start();
    {
        const auto read = leftfold::open_read_model<balances>("bank.views.db");
        read.wait_for(done.position);
        read->rows.find("alice");
        // …
        EXPECT_EQ(read->rows.find("alice")->cents, 50'00);
    }
    leftfold::sql_reader read{"bank.views.db"};
    const auto rich = read.query<std::string, std::int64_t>(
        "SELECT account, cents FROM balances_as_of('2026-03-15') WHERE cents > ?1", 100'00);
    // …
    ASSERT_EQ(rich.size(), 1u);
    EXPECT_EQ(std::get<1>(rich[0]), 200'00);
}

class account : public leftfold::aggregate<account, opened, deposited> {
public:
    static constexpr auto category = "account";
    void open(std::string owner) { raise(opened{std::move(owner)}); }
    void deposit(std::int64_t cents) { raise(deposited{cents}); }

private:
    friend aggregate;
    void apply(const opened&) {}
    void apply(const deposited&) {}
};

TEST(read_models_page, are_replayed_on_either_axis_and_say_who_changed_a_row) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    append(store, "alice", deposited{200'00});
    const auto march_15 = std::chrono::sys_days{std::chrono::year{2026} / 3 / 15};
    store.advance_to(march_15 + 24h);
    append(store, "alice", withdrawn{150'00});
    store.advance(24h);
    {
        using leftfold::recorded_at, leftfold::occurred_at;
        const auto known = leftfold::replay_as_of<balances>(store, recorded_at{march_15});
        const auto true_then = leftfold::replay_as_of<balances>(store, occurred_at{march_15});
        const auto believed = leftfold::replay_as_of<balances>(store, recorded_at{march_15}, occurred_at{march_15});
        known->rows.find("alice");
        // …
        EXPECT_EQ(known->rows.find("alice")->cents, 200'00);
        EXPECT_EQ(true_then->rows.find("alice")->cents, 200'00);
        EXPECT_EQ(believed->rows.all(), known->rows.all());
    }
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<balances>({.database = "bank.views.db"});
    engine.catch_up();
    std::vector<std::string> printed;
    const auto print = [&](std::string line) { printed.push_back(std::move(line)); };
    {
        for (const auto& each : leftfold::blame(store, read.rows, "alice")) print(to_string(each));
        // balances.cents ← bank.withdrawn #3, partition 0 offset 3, 2026-03-16T00:00:00Z
    }
    ASSERT_EQ(printed.size(), 2U);
    EXPECT_EQ(printed[1].find("balances.cents ← bank.withdrawn #3, partition "), 0U) << printed[1];
}

TEST(read_models_page, are_waited_for_with_a_token_that_travels) {
    const in_own_directory here;
    leftfold::testing::store store;
    leftfold::repository<account> accounts{store};
    accounts.execute("alice", [](account& a) { a.open("Alice"); });
    leftfold::projection_engine engine{store};
    engine.add<balances>({.database = "bank.views.db"});
    std::map<std::string, std::string> response;
    {
        const auto done = accounts.execute("alice", [](account& a) { a.deposit(100'00); });
        response["X-Read-After"] = to_string(leftfold::position_token(store, done.position));
    }
    auto request = response;
    {
        const auto wrote = leftfold::parse_position_token(request["X-Read-After"]);
        const auto read = leftfold::open_read_model<balances>("bank.views.db");
        const auto how = read.wait_for(wrote, {.at_most = 200ms, .late = leftfold::when_late::answer_stale});
        if (!how) response["X-Events-Missing"] = std::to_string(how.events_missing);
    }
    EXPECT_EQ(response["X-Events-Missing"], "2") << "nothing was folded yet";
    engine.catch_up();
    EXPECT_TRUE(engine.wait_for(leftfold::parse_position_token(request["X-Read-After"])));
}

struct visited {
    static constexpr auto event_type = "web.visited";
    std::string page;
};
BOOST_DESCRIBE_STRUCT(visited, (), (page))

class visits_by_page : public leftfold::projection<visits_by_page, visited> {
public:
    static constexpr auto projection_name = "visits_by_page";
    leftfold::sql_table visits{*this, "visits", "page TEXT PRIMARY KEY, n INTEGER NOT NULL"};
    void on(const visited& e) {
        visits.execute("INSERT INTO visits VALUES (?1, 1) ON CONFLICT DO UPDATE SET n = n + 1", e.page);
    }
};

TEST(read_models_page, hold_what_sql_counts) {
    const in_own_directory here;
    leftfold::testing::store store;
    for (const auto* page : {"/", "/news", "/"}) append(store, "site", visited{page});
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<visits_by_page>({.database = "web.views.db"});
    engine.catch_up();
    const auto counted = read.visits.query<std::string, std::int64_t>("SELECT page, n FROM visits ORDER BY page");
    ASSERT_EQ(counted.size(), 2u);
    EXPECT_EQ(counted[0], std::make_tuple(std::string("/"), std::int64_t{2}));
}

TEST(read_models_page, have_changes_that_are_followed) {
    const in_own_directory here;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    append(store, "alice", deposited{5});
    leftfold::projection_engine engine{store};
    engine.add<balances>({.database = "bank.views.db"});
    engine.catch_up();
    std::vector<std::int64_t> told;
    std::string saved;
    const auto tell = [&](const auto& before, const auto& after) {
        told.push_back(before ? before->cents : -1);
        told.push_back(after ? after->cents : -1);
    };
    const auto model = leftfold::open_read_model<balances>("bank.views.db");
    leftfold::change_feed feed{model, &balances::rows, {.from = leftfold::change_start::earliest()}};
    for (const auto& change : feed.next(1s)) {
        tell(change.before, change.after);   // nothing before: inserted; nothing after: deleted
        saved = to_string(change.position);  // together with what came of it
    }
    // …
    EXPECT_EQ(told, (std::vector<std::int64_t>{-1, 0, 0, 5}));
    std::promise<balance> first;
    const auto show = [&](const balance& row) { first.set_value(row); };
    const auto from = leftfold::parse_change_position(saved);
    leftfold::change_subscription shown{model, &balances::rows, [&](const auto& each) { show(each.row()); }, {from}};
    // …
    append(store, "alice", deposited{2});
    engine.catch_up();
    EXPECT_EQ(first.get_future().get(), (balance{"alice", 7}));
}

/// What was deposited in each account, without a past.
class busiest : public leftfold::projection<busiest, deposited> {
public:
    static constexpr auto projection_name = "busiest";
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "busiest"};
    void on(const deposited& e, const leftfold::recorded& at) {
        if (!rows.update(at.key(), [&](balance& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
};

TEST(read_models_page, have_changes_that_are_tapped_as_they_are_made) {
    const in_own_directory here;
    leftfold::testing::store store;
    leftfold::projection_engine engine{store};
    engine.add<busiest>({.database = "busiest.db"});
    std::vector<std::int64_t> told;
    const auto tell = [&](const auto& before, const auto& after) {
        told.push_back(before ? before->cents : -1);
        told.push_back(after ? after->cents : -1);
    };
    leftfold::change_tap tap{engine, &busiest::rows};
    append(store, "alice", deposited{5});
    append(store, "alice", deposited{2});
    engine.catch_up();
    for (const auto& change : tap.next(1s)) tell(change.before, change.after);
    EXPECT_EQ(told, (std::vector<std::int64_t>{-1, 5, 5, 7}));
}

}  // namespace read_models_page_test
