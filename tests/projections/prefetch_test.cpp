// Rows that are looked up ahead: few queries for a batch of events, counted by SQLite, and the same rows and history.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "leftfold/projections/fold_live.hpp"
#include "leftfold/projections/replay_as_of.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "projections/fan_out.hpp"
#include "projections/read_models.hpp"
#include "projections/trails.hpp"
#include "support/query_log.hpp"

namespace prefetch_test {

using leftfold::errc;
using leftfold::prefetch_keys_max;
using leftfold::test_support::query_log;
using read_models::code_of;
using read_models::rows_of_text;
using read_models::shell;

/// The queries that look up so many rows together.
constexpr std::size_t queries_for(std::size_t rows) { return (rows + prefetch_keys_max - 1) / prefetch_keys_max; }

/// The rows of tables by their order, and what they were.
rows_of_text dump(const std::filesystem::path& of, const std::vector<std::string>& tables) {
    rows_of_text all;
    for (const auto& each : tables)
        for (const auto& from : {each, each + "_versions"})
            for (auto& row : shell(of, ("SELECT * FROM " + from + " ORDER BY 1, valid_from").c_str()))
                all.push_back(std::move(row));
    return all;
}
const std::vector<std::string> both{"purses", "debts"};

class prefetch : public read_models::fixture {
protected:
    template <class Projection>
    static void fold(leftfold::event_store& store, const leftfold::projection_options& options) {
        leftfold::projection_engine engine{store};
        engine.add<Projection>(options);
        engine.catch_up();
    }
    std::mt19937_64 random_{[] {
        const auto* const given = std::getenv("LEFTFOLD_SEED");
        return given == nullptr ? 20261127 : std::strtoull(given, nullptr, 10);
    }()};
};

/// The bank's balances, as the README has them, but for what it says of their keys.
template <bool KeyedByStream>
class balances : public leftfold::projection<balances<KeyedByStream>, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "balances";
    leftfold::table<bank::balance, &bank::balance::account> rows{
        *this, "balances", {.history = true, .keyed_by_stream = KeyedByStream}};
    void on(const bank::opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
};

TEST_F(prefetch, a_thousand_events_of_a_thousand_streams_look_up_their_rows_in_four_queries) {
    constexpr std::size_t accounts = 1'000;
    auto store = make_store();
    for (std::size_t i = 0; i != accounts; ++i) bank::append(store, std::to_string(i), bank::opened{"Ann"});
    const auto one_by_one = directory_ / "one_by_one.db";
    fold<balances<false>>(store, {.database = one_by_one});
    fold<balances<true>>(store, views());
    for (std::size_t i = 0; i != accounts; ++i)
        bank::append(store, std::to_string(i * 7 % accounts), bank::deposited{1});

    query_log log;
    fold<balances<false>>(store, {.database = one_by_one});
    EXPECT_EQ(log.queries_of("balances"), accounts);
    log.clear();
    fold<balances<true>>(store, views());
    EXPECT_EQ(log.queries_of("balances"), queries_for(accounts));
    EXPECT_EQ(queries_for(accounts), 4U);

    const auto rows = dump(file(), {"balances"});
    EXPECT_EQ(rows.size(), 2 * accounts);
    EXPECT_EQ(rows == dump(one_by_one, {"balances"}), true);
}

TEST_F(prefetch, an_event_that_touches_many_rows_of_two_tables_has_them_looked_up_with_those_of_its_batch) {
    constexpr std::size_t payers = 100;
    constexpr std::size_t payees = 10;
    auto store = make_store();
    fan_out::append(store, "nobody", fan_out::left{});
    const auto one_by_one = directory_ / "one_by_one.db";
    fold<fan_out::one_by_one>(store, {.database = one_by_one});
    fold<fan_out::ahead>(store, views());
    // None of these rows is there: that is known after one look, too.
    for (std::size_t i = 0; i != payers; ++i) {
        fan_out::paid event{{}, 5};
        for (std::size_t j = 0; j != payees; ++j) event.to.push_back("payee" + std::to_string(i * payees + j));
        fan_out::append(store, "payer" + std::to_string(i), event);
    }

    query_log log;
    fold<fan_out::one_by_one>(store, {.database = one_by_one});
    EXPECT_EQ(log.queries_of("purses"), payers + payers * payees);
    EXPECT_EQ(log.queries_of("debts"), payers * payees);
    log.clear();
    fold<fan_out::ahead>(store, views());
    EXPECT_EQ(log.queries_of("purses"), queries_for(payers + payers * payees));
    EXPECT_EQ(log.queries_of("debts"), queries_for(payers * payees));
    EXPECT_EQ(dump(file(), both) == dump(one_by_one, both), true);
}

TEST_F(prefetch, rows_that_are_held_are_not_looked_up_again) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    engine.add<balances<true>>(views());
    bank::append(store, "ann", bank::opened{"Ann"});
    engine.catch_up();
    query_log log;
    for (int i = 0; i != 3; ++i) bank::append(store, "ann", bank::deposited{1});
    engine.catch_up();
    EXPECT_EQ(log.queries_of("balances"), 0U);
}

TEST_F(prefetch, whatever_the_batch_and_the_flush_rows_and_history_are_those_without) {
    auto store = make_store();
    fan_out::fill(store, 250, random_);
    const auto one_by_one = directory_ / "one_by_one.db";
    fold<fan_out::one_by_one>(store, {.database = one_by_one});
    const auto expected = dump(one_by_one, both);
    int number = 0;
    for (const std::size_t batch : {1U, 7U, 1'000U})
        for (const std::size_t events : {1U, 250'000U})
            for (const std::size_t held : {5U, 500'000U}) {
                const auto of = directory_ / (std::to_string(++number) + ".db");
                fold<fan_out::ahead>(
                    store,
                    {.database = of, .flush = {.events = events, .cached_rows = held}, .batch = {.events = batch}});
                ASSERT_EQ(dump(of, both) == expected, true) << batch << ' ' << events << ' ' << held;
            }
}

TEST_F(prefetch, few_rows_in_memory_do_not_bring_back_a_query_for_each) {
    constexpr std::size_t accounts = 1'000;
    auto store = make_store();
    for (std::size_t i = 0; i != accounts; ++i) bank::append(store, std::to_string(i), bank::opened{"Ann"});
    query_log log;
    fold<balances<true>>(store, {.database = file(), .flush = {.cached_rows = 100}});
    EXPECT_EQ(log.queries_of("balances"), accounts / 100);
}

/// Says wrong things: of rows that nobody touches, of others again and again, and at times nothing but an exception.
class misled : public fan_out::payments<misled, true, leftfold::failure_policy::stop> {
public:
    void prefetch(const fan_out::paid& e, const leftfold::recorded& at) {
        purses.prefetch("nobody");
        for (const auto& to : e.to) debts.prefetch(fan_out::pair_of(to, at.key()));
        if (at.version().value() % 3 == 0) throw std::runtime_error("no idea");
    }
    void prefetch(const fan_out::left&) { purses.prefetch("p1"); }
};

TEST_F(prefetch, a_wrong_hint_changes_nothing) {
    auto store = make_store();
    fan_out::fill(store, 400, random_);
    const auto one_by_one = directory_ / "one_by_one.db";
    fold<fan_out::one_by_one>(store, {.database = one_by_one});
    fold<misled>(store, views());
    EXPECT_EQ(dump(file(), both) == dump(one_by_one, both), true);
}

class in_lanes_ahead : public leftfold::projection<in_lanes_ahead, trails::noted> {
public:
    static constexpr auto projection_name = "trails";
    static constexpr auto order = leftfold::order::per_partition;
    leftfold::table<trails::trail, &trails::trail::of> rows{*this, "trails", {.keyed_by_stream = true}};
    void prefetch(const trails::noted& e) { rows.prefetch(e.also); }  // of any partition
    void on(const trails::noted& e, const leftfold::recorded& at) {
        if (!rows.update(at.key(), [&](trails::trail& row) { row.sum += e.number, ++row.events; }))
            rows.insert({at.key(), 1, e.number});
    }
};

TEST_F(prefetch, lanes_look_up_the_rows_of_their_own_batches) {
    constexpr std::size_t partitions = 4;
    constexpr std::size_t streams = 1'200;
    auto store = leftfold::open_memory({.partitions = partitions, .store = store_options_});
    const auto add_one_each = [&] {
        for (std::size_t i = 0; i != streams; ++i)
            trails::append(store, "s" + std::to_string(i), {1, "s" + std::to_string(streams - i - 1)});
    };
    add_one_each();
    fold<in_lanes_ahead>(store, views());
    add_one_each();
    query_log log;
    fold<in_lanes_ahead>(store, views());
    EXPECT_GT(log.queries_of("trails"), 0U);
    EXPECT_LE(log.queries_of("trails"), queries_for(2 * streams) + partitions);
    EXPECT_EQ(shell(file(), "SELECT count(*), sum(events), sum(sum) FROM trails"),
              (rows_of_text{{"1200", "2400", "2400"}}));
}

class parks : public fan_out::payments<parks, true, leftfold::failure_policy::park_key> {
public:
    void prefetch(const fan_out::paid& e) {
        for (const auto& to : e.to) purses.prefetch(to);
    }
};

TEST_F(prefetch, parked_streams_wait_and_rejoin_as_ever) {
    auto store = make_store();
    std::mt19937_64 same = random_;
    fan_out::fill(store, 150, random_);
    auto bad = fan_out::data_of(fan_out::left{});
    bad.payload = "{";
    const auto poison = store.append({"person", "p1"}, leftfold::expected_version::any(), {bad}).value().position;
    fan_out::fill(store, 150, random_);
    leftfold::projection_engine engine{store};
    engine.add<parks>({.database = file(), .flush = {.events = 40}, .retries = {.count = 0}});
    engine.catch_up();
    const auto parked = engine.parked<parks>();
    EXPECT_TRUE(std::ranges::any_of(parked, [&](const auto& each) { return each.failed == poison; }));
    EXPECT_TRUE(engine.discard_parked<parks>({"person", "p1"}));

    auto clean = make_store();
    fan_out::fill(clean, 150, same);
    fan_out::fill(clean, 150, same);
    const auto other = directory_ / "clean.db";
    fold<fan_out::one_by_one>(clean, {.database = other});
    const auto rows = [](const std::filesystem::path& of) {
        return shell(of, "SELECT owner, cents FROM purses UNION ALL SELECT pair, cents FROM debts ORDER BY 1");
    };
    EXPECT_EQ(rows(file()) == rows(other), true);
}

TEST_F(prefetch, rebuilds_replays_and_folds_on_demand_have_the_same_rows) {
    auto store = make_store();
    fan_out::fill(store, 300, random_);
    leftfold::projection_engine engine{store};
    auto& read = engine.add<fan_out::ahead>(views());
    engine.catch_up();
    EXPECT_TRUE(engine.rebuild<fan_out::ahead>().swapped);
    const auto report = leftfold::verify_projection<fan_out::ahead>(store, file());
    EXPECT_TRUE(report.sound()) << to_string(report);
    const auto then = leftfold::replay_as_of<fan_out::ahead>(store, store.closed());
    EXPECT_EQ(then->purses.count(), read.purses.count());
    const auto live = leftfold::fold_live<fan_out::ahead>(store);
    EXPECT_EQ(live->debts.count(), read.debts.count());
}

class keyed_by_number : public leftfold::projection<keyed_by_number, bank::deposited> {
public:
    struct row {
        std::int64_t number{};
        BOOST_DESCRIBE_CLASS(row, (), (number), (), ())
    };
    static constexpr auto projection_name = "keyed_by_number";
    leftfold::table<row, &row::number> rows{*this, "numbers", {.keyed_by_stream = true}};
    void on(const bank::deposited&) {}
};

TEST_F(prefetch, a_key_that_is_no_string_is_not_that_of_a_stream) {
    std::string why;
    EXPECT_EQ(code_of([] { keyed_by_number made; }, &why), errc::invalid_argument);
    EXPECT_NE(why.find("table numbers"), std::string::npos) << why;
}

}  // namespace prefetch_test
