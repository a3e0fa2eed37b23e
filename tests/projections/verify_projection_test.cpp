// Rows that somebody changed, found by folding their events once more, and put right.

#include "leftfold/projections/verify_projection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "leftfold/projections/sql_table.hpp"
#include "projections/read_models.hpp"
#include "support/changed_by_hand.hpp"

namespace verify_projection_test {

using bank::append, bank::balances, bank::closed, bank::deposited, bank::opened, bank::withdrawn;
using leftfold::errc, leftfold::stream_id, leftfold::verify_projection;
using leftfold::test_support::change_by_hand;
using read_models::code_of, read_models::shell;

read_models::rows_of_text dump(const std::filesystem::path& file) {
    return shell(file, "SELECT * FROM balances_history ORDER BY account, valid_to");
}

class verified : public read_models::fixture {
protected:
    /// Three accounts: alice has a past, bob is as he was opened, carol is gone.
    verified() {
        for (const auto* name : {"alice", "bob", "carol"}) append(store_, name, opened{name});
        append(store_, "alice", deposited{50});
        append(store_, "alice", withdrawn{20});
        append(store_, "carol", closed{});
        fold();
    }

    void fold() {
        leftfold::projection_engine engine{store_};
        engine.add<balances>(views());
        engine.catch_up();
    }
    leftfold::projection_report report(leftfold::verify_projection_options options = {}) {
        if (options.scratch.empty()) options.scratch = directory_.path();
        return verify_projection<balances>(store_, file(), options);
    }
    std::string texts(const leftfold::verify_projection_options& options = {}) {
        std::string all;
        for (const auto& each : report(options).drifts) all += to_string(each) + "\n";
        return all;
    }
    std::string number(const char* sql) { return shell(file(), sql).at(0).at(0); }

    leftfold::event_store store_ = make_store();
};

TEST_F(verified, a_model_that_nobody_touched_is_as_it_should_be) {
    const auto found = report();
    EXPECT_TRUE(found.sound());
    EXPECT_EQ(found.events, 6);
    EXPECT_EQ(found.rows, 5);  // alice and bob; alice's past, twice, and carol's
    EXPECT_EQ(to_string(found), "5 rows and versions of projection balances compared with 6 events up to the cut " +
                                    to_string(found.at) + ": all as they should be");
}

TEST_F(verified, a_column_changed_by_hand_is_named_with_both_values) {
    change_by_hand(file(), "UPDATE balances SET cents = 31 WHERE account = 'alice'");
    EXPECT_EQ(texts(), "balances alice: cents: expected 30, found 31\n");
    EXPECT_EQ(report().differing, 1);
    EXPECT_FALSE(report().sound());
}

TEST_F(verified, rows_that_are_missing_and_rows_that_are_too_many_are_named) {
    const auto since = number("SELECT valid_from FROM balances WHERE account = 'bob'");
    change_by_hand(file(), "DELETE FROM balances WHERE account = 'bob'; INSERT INTO balances VALUES ('eve', 1, 2)");
    EXPECT_EQ(texts(), "balances bob is missing: account: \"bob\"; cents: 0; valid_from: " + since +
                           "\nbalances eve should not be there: account: \"eve\"; cents: 1; valid_from: 2\n");
}

TEST_F(verified, a_version_dropped_from_the_past_is_named) {
    const auto until = std::stoll(number("SELECT min(valid_to) FROM balances_versions WHERE account = 'alice'"));
    change_by_hand(file(), "DELETE FROM balances_versions WHERE account = 'alice' AND cents = 0");
    const auto found = report();
    ASSERT_EQ(found.drifts.size(), 1U);
    EXPECT_EQ(found.drifts[0].what, leftfold::drift::kind::missing);
    EXPECT_EQ(found.drifts[0].table, "balances");
    EXPECT_EQ(found.drifts[0].key, "alice");
    EXPECT_EQ(found.drifts[0].until, leftfold::recorded_at::from_micros(until));
    EXPECT_EQ(texts().find("balances alice until 2026-01-01T00:00:00.00000"), 0U) << texts();
}

TEST_F(verified, a_version_added_to_the_past_is_named_and_a_changed_one_too) {
    change_by_hand(file(), "INSERT INTO balances_versions VALUES ('bob', 7, 1000000, 2000000)");
    EXPECT_EQ(texts(),
              "balances bob until 1970-01-01T00:00:02Z should not be there: account: \"bob\"; cents: 7; "
              "valid_from: 1000000; valid_to: 2000000\n");
    change_by_hand(file(), "UPDATE balances_versions SET cents = 51 WHERE cents = 50");
    EXPECT_EQ(report().differing, 2);
    EXPECT_NE(texts().find(": cents: expected 50, found 51\n"), std::string::npos);
}

TEST_F(verified, a_healed_row_is_as_it_was_and_others_stay_as_they_are) {
    const auto before = dump(file());
    change_by_hand(file(), "UPDATE balances SET cents = 31 WHERE account = 'alice'");
    change_by_hand(file(), "DELETE FROM balances_versions WHERE account = 'alice' AND cents = 0");
    change_by_hand(file(), "INSERT INTO balances_versions VALUES ('alice', 7, 1000000, 2000000)");
    change_by_hand(file(), "UPDATE balances SET cents = 1 WHERE account = 'bob'");
    EXPECT_EQ(leftfold::heal_row<balances>(store_, file(), "balances", "alice").differing, 3);
    EXPECT_EQ(texts(), "balances bob: cents: expected 0, found 1\n");
    EXPECT_EQ(leftfold::heal_row<balances>(store_, file(), "balances", "bob").differing, 1);
    EXPECT_TRUE(report().sound());
    EXPECT_EQ(dump(file()), before);
    EXPECT_TRUE(leftfold::heal_row<balances>(store_, file(), "balances", "bob").sound());
}

TEST_F(verified, rows_that_are_gone_or_should_not_be_there_are_healed) {
    const auto before = dump(file());
    change_by_hand(file(), "DELETE FROM balances WHERE account = 'bob'; INSERT INTO balances VALUES ('eve', 1, 2)");
    leftfold::heal_row<balances>(store_, file(), "balances", "bob");
    leftfold::heal_row<balances>(store_, file(), "balances", "eve");
    EXPECT_EQ(dump(file()), before);
}

TEST_F(verified, a_model_that_began_late_is_folded_from_where_it_began) {
    const auto late = directory_.path() / "late.db";
    leftfold::projection_engine engine{store_};
    engine.add<balances>({.database = late, .start = leftfold::start_at::latest()});
    append(store_, "dora", opened{"dora"});
    engine.catch_up();
    const auto found = verify_projection<balances>(store_, late, {.scratch = directory_.path()});
    EXPECT_TRUE(found.sound()) << to_string(found);
    EXPECT_EQ(found.events, 1);
}

TEST_F(verified, one_key_alone_is_compared) {
    change_by_hand(file(), "UPDATE balances SET cents = cents + 1");
    EXPECT_EQ(texts({.key = "bob"}), "balances bob: cents: expected 0, found 1\n");
    EXPECT_EQ(report({.key = "alice"}).rows, 3);
    EXPECT_EQ(report({.key = "nobody"}).rows, 0);
}

TEST_F(verified, a_sample_of_keys_is_compared_and_another_seed_draws_others) {
    for (int i = 0; i != 200; ++i) append(store_, "n" + std::to_string(i), opened{"N"});
    fold();
    change_by_hand(file(), "UPDATE balances SET cents = 1 WHERE account LIKE 'n%'");
    const auto drawn = [&](std::uint64_t seed) {
        const auto found = report({.one_key_in = 4, .seed = seed});
        EXPECT_GT(found.differing, 20);
        EXPECT_LT(found.differing, 100);
        return found.drifts[0].key;
    };
    EXPECT_EQ(drawn(1), drawn(1));
    const bool differ = drawn(1) != drawn(2) || drawn(1) != drawn(3) || drawn(1) != drawn(4);
    EXPECT_TRUE(differ);
}

TEST_F(verified, a_sample_counts_all_rows_and_so_finds_that_one_is_gone_which_it_does_not_compare) {
    for (int i = 0; i != 20; ++i) append(store_, "n" + std::to_string(i), opened{"N"});
    fold();
    change_by_hand(file(), "DELETE FROM balances WHERE account = 'n7'");
    std::size_t left_out = 0;
    for (std::uint64_t seed = 0; seed != 8; ++seed) {
        const auto found = report({.one_key_in = 1'000'000, .seed = seed});
        EXPECT_EQ(found.expected_rows, found.found_rows + 1);
        EXPECT_FALSE(found.sound());
        if (found.differing == 0) ++left_out;
        EXPECT_NE(to_string(found).find("in all there should be"), std::string::npos) << to_string(found);
    }
    EXPECT_GT(left_out, 0U);
}

TEST_F(verified, one_stream_alone_is_folded_and_its_rows_are_compared) {
    change_by_hand(file(), "UPDATE balances SET cents = cents + 1");
    const auto found = report({.stream = stream_id("account", "alice")});
    EXPECT_EQ(found.events, 3);
    EXPECT_EQ(found.rows, 3);
    ASSERT_EQ(found.drifts.size(), 1U);
    EXPECT_EQ(to_string(found.drifts[0]), "balances alice: cents: expected 30, found 31");
}

TEST_F(verified, more_drifts_than_wanted_are_counted_and_not_listed) {
    change_by_hand(file(), "UPDATE balances SET cents = cents + 1");
    const auto found = report({.drifts_max = 1});
    EXPECT_EQ(found.differing, 2);
    EXPECT_EQ(found.drifts.size(), 1U);
    EXPECT_NE(to_string(found).find("\nand 1 more"), std::string::npos);
}

TEST_F(verified, progress_is_told) {
    std::int64_t last = 0;
    report({.progress = [&](std::int64_t done, std::int64_t all) {
        EXPECT_LE(done, all);
        last = done;
    }});
    EXPECT_EQ(last, 6);
}

// Beside an engine

TEST_F(verified, an_engine_folds_on_meanwhile_and_nothing_is_found) {
    leftfold::projection_engine engine{store_};
    engine.add<balances>(views());
    engine.start();
    for (int i = 0; i != 30; ++i) {
        append(store_, "alice", deposited{1});
        const auto last = append(store_, "dave" + std::to_string(i), opened{"Dave"});
        if (i % 10 == 0) engine.wait_for(last.position);
        EXPECT_EQ(texts(), "");
    }
}

TEST_F(verified, a_running_engine_heals_a_row_and_goes_on_from_it) {
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<balances>(views());
    engine.start();
    engine.wait_for(append(store_, "alice", deposited{1}).position);  // the row is in the engine's memory
    change_by_hand(file(), "UPDATE balances SET cents = 999 WHERE account = 'alice'");
    EXPECT_EQ(read.rows.find("alice")->cents, 999);
    EXPECT_EQ(engine.heal_row<balances>("balances", "alice").differing, 1);
    EXPECT_EQ(read.rows.find("alice")->cents, 31);
    engine.wait_for(append(store_, "alice", deposited{1}).position);
    EXPECT_EQ(read.rows.find("alice")->cents, 32);
    EXPECT_TRUE(report().sound());
}

TEST_F(verified, an_engine_that_holds_a_wrong_row_in_memory_forgets_it_by_healing) {
    change_by_hand(file(), "UPDATE balances SET cents = 999 WHERE account = 'alice'");
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<balances>(views());
    append(store_, "alice", deposited{1});
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 1000);
    engine.heal_row<balances>("balances", "alice");
    append(store_, "alice", deposited{1});
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 32);
    EXPECT_TRUE(report().sound());
}

// What is not in the rows is not expected there

class shy : public leftfold::projection<shy, opened, deposited> {
public:
    static constexpr auto projection_name = "shy";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "shy", {.history = true}};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) {
        rows.at(at.key()).cents += e.cents;
        if (e.cents == 13) throw std::runtime_error("not thirteen");
    }
};

class beside_parked : public read_models::fixture {
protected:
    leftfold::projection_report report() { return verify_projection<shy>(store_, file()); }

    leftfold::event_store store_ = make_store();
};

TEST_F(beside_parked, parked_and_discarded_events_are_left_out) {
    leftfold::projection_engine engine{store_};
    engine.add<shy>({.database = file(), .retries = {.count = 0}});
    for (const auto* name : {"alice", "bob"}) append(store_, name, opened{name});
    append(store_, "alice", deposited{1});
    append(store_, "alice", deposited{13});
    append(store_, "alice", deposited{2});
    append(store_, "bob", deposited{4});
    engine.catch_up();
    ASSERT_EQ(engine.parked<shy>().size(), 1U);
    EXPECT_TRUE(report().sound()) << to_string(report());
    ASSERT_TRUE(engine.discard_parked<shy>(stream_id("account", "alice")));
    EXPECT_TRUE(report().sound()) << to_string(report());
    change_by_hand(file(), "UPDATE shy SET written_by = 'account-bob' WHERE account = 'alice'");
    ASSERT_EQ(report().drifts.size(), 1U);
    EXPECT_EQ(to_string(report().drifts[0]),
              "shy alice: written_by: expected \"account-alice\", found \"account-bob\"");
    EXPECT_EQ(engine.heal_row<shy>("shy", "alice").differing, 1);
    EXPECT_TRUE(report().sound()) << to_string(report());
}

// Other kinds of tables

struct count_of {
    std::int64_t cents{};
    double share{};
};
BOOST_DESCRIBE_STRUCT(count_of, (), (cents, share))

class counts : public leftfold::projection<counts, deposited> {
public:
    static constexpr auto projection_name = "counts";
    leftfold::table<count_of, &count_of::cents> rows{*this, "counts"};
    leftfold::sql_table pairs{*this, "pairs", "name TEXT, cents INTEGER, n INTEGER, PRIMARY KEY (cents, name)"};
    leftfold::sql_table loose{*this, "loose", "cents INTEGER"};
    void on(const deposited& e, const leftfold::recorded& at) {
        rows.put({e.cents, 0.5});
        pairs.execute("INSERT INTO pairs VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET n = n + 1", at.key(), e.cents);
        loose.execute("INSERT INTO loose VALUES (?1)", e.cents);
    }
};

class other_tables : public read_models::fixture {
protected:
    other_tables() {
        for (const int cents : {-3, 9, 10, 100}) append(store_, "alice", deposited{cents});
        append(store_, "bob", deposited{9});
        leftfold::projection_engine engine{store_};
        engine.add<counts>(views());
        engine.catch_up();
    }
    std::string texts() {
        std::string all;
        for (const auto& each : verify_projection<counts>(store_, file()).drifts) all += to_string(each) + "\n";
        return all;
    }

    leftfold::event_store store_ = make_store();
};

TEST_F(other_tables, keys_that_are_numbers_and_tables_in_sql_are_compared) {
    EXPECT_EQ(texts(), "");
    change_by_hand(file(),
                   "UPDATE counts SET share = 0.25 WHERE cents = 10; UPDATE pairs SET n = 2 WHERE name = 'bob'; "
                   "DELETE FROM loose WHERE cents = 100");
    EXPECT_EQ(texts(),
              "counts 10: share: expected 0.5, found 0.25\n"
              "pairs 9: n: expected 1, found 2\n"
              "loose 100 is missing: cents: 100\n");
    leftfold::heal_row<counts>(store_, file(), "counts", "10");
    EXPECT_EQ(code_of([&] { leftfold::heal_row<counts>(store_, file(), "pairs", "9"); }), errc::unsupported);
    EXPECT_EQ(texts(), "pairs 9: n: expected 1, found 2\nloose 100 is missing: cents: 100\n");
}

// What cannot be compared says so

class later_balances : public leftfold::projection<later_balances, opened, deposited, withdrawn, closed> {
public:
    static constexpr auto projection_name = "balances";
    static constexpr int revision = 2;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "balances", {.history = true}};
    void on(const opened&) {}
    void on(const deposited&) {}
    void on(const withdrawn&) {}
    void on(const closed&) {}
};

class another : public leftfold::projection<another, opened> {
public:
    static constexpr auto projection_name = "another";
    using ignored = leftfold::ignores_others;
    void on(const opened&) {}
};

TEST_F(verified, a_model_of_another_revision_or_store_is_not_compared) {
    EXPECT_EQ(code_of([&] { verify_projection<later_balances>(store_, file()); }), errc::stale_model);
    auto other = make_store();
    EXPECT_EQ(code_of([&] { verify_projection<balances>(other, file()); }), errc::stale_model);
    EXPECT_EQ(code_of([&] { verify_projection<another>(store_, file()); }), errc::not_found);
    EXPECT_EQ(code_of([&] { verify_projection<balances>(store_, directory_ / "none.db"); }), errc::not_found);
    EXPECT_EQ(code_of([&] { leftfold::heal_row<balances>(store_, directory_ / "none.db", "balances", "bob"); }),
              errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(directory_ / "none.db"));
    EXPECT_EQ(code_of([&] { report({.scratch = directory_ / "none"}); }), errc::io_error);
}

TEST_F(verified, a_row_is_healed_by_the_owner_of_its_database_only) {
    leftfold::projection_engine engine{store_};
    engine.add<balances>(views());
    EXPECT_EQ(code_of([&] { leftfold::heal_row<balances>(store_, file(), "balances", "bob"); }), errc::locked);
    EXPECT_EQ(code_of([&] { engine.heal_row<balances>("no_table", "bob"); }), errc::not_found);
}

}  // namespace verify_projection_test
