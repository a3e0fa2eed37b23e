// Streams that are parked: what waits, what flows, and that nothing shows afterwards that there was ever a failure.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "projections/read_models.hpp"

namespace parking_test {

using leftfold::errc;
using leftfold::stream_id;
using read_models::code_of;
using read_models::rows_of_text;
using read_models::shell;

/// Money that goes from the stream's own account to another one.
struct moved {
    static constexpr auto event_type = "bank.moved";
    std::string to;
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(moved, (), (to, cents))

/// Balances of a program that cannot bear 13 cents, until it can.
class accounts : public leftfold::projection<accounts, bank::opened, bank::deposited, bank::closed, moved> {
public:
    static constexpr auto projection_name = "accounts";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "accounts", {.history = true}};

    void on(const bank::opened&, const leftfold::recorded& at) { rows.put({at.key(), 0}); }
    void on(const bank::closed&, const leftfold::recorded& at) { rows.erase(at.key()); }
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        add(at.key(), e.cents);
        if (e.cents == 13 && !is_brave) throw std::runtime_error("not thirteen");
    }
    void on(const moved& e, const leftfold::recorded& at) {
        add(at.key(), -e.cents);
        add(e.to, e.cents);
    }
    /// Makes no row of an account that is not there.
    void add(const std::string& account, std::int64_t cents) {
        rows.update(account, [&](bank::balance& row) { row.cents += cents; });
    }

    static inline bool is_brave = false;
};

rows_of_text dump(const std::filesystem::path& file) {
    auto all = shell(file, "SELECT account, cents, valid_from, written_by FROM accounts ORDER BY account");
    for (auto& row : shell(file,
                           "SELECT account, cents, valid_from, valid_to, written_by FROM accounts_versions "
                           "ORDER BY account, valid_to"))
        all.push_back(std::move(row));
    return all;
}

std::string texts(const std::vector<leftfold::parked_key>& parked) {
    std::string all;
    for (const auto& each : parked) all += to_string(each.stream) + " ";
    return all;
}

class parking : public read_models::fixture {
protected:
    parking() { accounts::is_brave = false; }

    /// What a model has that never met a failure.
    rows_of_text clean() {
        const bool was_brave = std::exchange(accounts::is_brave, true);
        const auto fresh = directory_ / ("clean" + std::to_string(++rebuilt_) + ".db");
        leftfold::projection_engine engine{store_};
        engine.add<accounts>({.database = fresh});
        engine.catch_up();
        accounts::is_brave = was_brave;
        return dump(fresh);
    }
    static void step_to_the_end(leftfold::projection_engine& engine) {
        while (engine.step()) {
        }
    }

    leftfold::event_store store_ = make_store();
    int rebuilt_ = 0;
};

TEST_F(parking, one_poison_event_among_a_hundred_thousand_stops_nobody_else) {
    constexpr int streams = 100;
    constexpr int rounds = 10;
    constexpr int batch = 100;
    leftfold::position poison;
    leftfold::recorded_at before;
    std::vector<leftfold::position> waits;
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<accounts>(views());
    std::chrono::microseconds lag{};
    // One step for each append, on a clock that moves: whatever the others had to wait for would show as lag.
    const auto go_on = [&] {
        clock_->advance(std::chrono::milliseconds{1});
        engine.step();
        lag = std::max(lag, engine.status<accounts>().time_behind);
    };
    for (int s = 0; s != streams; ++s) bank::append(store_, "a" + std::to_string(s), bank::opened{"x"});
    for (int round = 0; round != rounds; ++round)
        for (int s = 0; s != streams; ++s, go_on()) {
            if (round == 5 && s == 7) {
                before = store_.closed();
                poison = bank::append(store_, "a7", bank::deposited{13}).position;
                waits.push_back(poison);
            }
            std::vector<leftfold::event_data> events(batch);
            for (auto& each : events) {
                each.type = bank::deposited::event_type;
                leftfold::encode(bank::deposited{1}, each.payload);
            }
            const auto done =
                store_.append({"account", "a" + std::to_string(s)}, leftfold::expected_version::any(), events).value();
            for (int i = batch; s == 7 && round >= 5 && i != 0; --i)
                waits.push_back({done.position.partition, leftfold::offset(done.position.at.value() - i + 1)});
        }
    EXPECT_LT(lag, std::chrono::seconds{1}) << "nobody waited for a retry";
    const auto status = engine.status<accounts>();
    EXPECT_EQ(status.state, leftfold::projection_state::live);
    EXPECT_EQ(status.events_behind, 0U);
    EXPECT_EQ(status.parked, 1U);
    EXPECT_EQ(read.rows.find("a8")->cents, rounds * batch);
    EXPECT_EQ(read.rows.find("a7")->cents, 5 * batch) << "as it was before the failure";

    const auto parked = engine.parked<accounts>();
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked[0].stream, stream_id("account", "a7"));
    EXPECT_EQ(parked[0].failed, poison);
    EXPECT_EQ(parked[0].type, "bank.deposited");
    EXPECT_EQ(parked[0].why, "not thirteen");
    EXPECT_EQ(engine.waiting<accounts>({"account", "a7"}), waits);
    EXPECT_EQ(parked[0].waiting, static_cast<std::int64_t>(waits.size()));
    EXPECT_EQ(leftfold::open_read_model<accounts>(file()).parked().size(), 1U) << "other processes see it";

    EXPECT_EQ(read.rows.as_of(before).find("a7")->cents, 5 * batch);
    std::string text;
    EXPECT_EQ(code_of([&] { read.rows.as_of(parked[0].since); }, &text), errc::incomplete);
    EXPECT_NE(text.find("account-a7"), std::string::npos) << text;
    const auto then = read.rows.as_of(store_.closed(), {.parked = leftfold::parked_events::leave_out});
    EXPECT_EQ(then.find("a7")->cents, 5 * batch);
    const auto in_sql = [&](leftfold::recorded_at when, leftfold::parked_events parked) {
        leftfold::sql_reader sql{file(), {.store = &store_, .parked = parked}};
        return sql.query<std::int64_t>("SELECT cents FROM accounts_as_of(?1) WHERE account = 'a7'", when.micros());
    };
    using leftfold::parked_events;
    EXPECT_EQ(in_sql(before, parked_events::refuse).size(), 1U);
    EXPECT_EQ(code_of([&] { in_sql(parked[0].since, parked_events::refuse); }, &text), errc::incomplete);
    EXPECT_NE(text.find("accounts"), std::string::npos) << text;
    EXPECT_NE(text.find("account-a7"), std::string::npos) << text;
    EXPECT_EQ(in_sql(parked[0].since, parked_events::leave_out).size(), 1U);

    accounts::is_brave = true;
    step_to_the_end(engine);
    EXPECT_EQ(engine.parked<accounts>().size(), 1U) << "it is not due yet";
    clock_->advance(std::chrono::seconds{1});
    step_to_the_end(engine);
    EXPECT_EQ(engine.parked<accounts>().size(), 0U) << "it rejoined by itself";
    EXPECT_EQ(dump(file()), clean());
    EXPECT_EQ(read.rows.as_of(parked[0].since).find("a7")->cents, 5 * batch + 13);
    const auto rows = dump(file()).size();
    std::printf(
        "parking: %d events, 1 of them poison, %zu waited in 1 stream, %d others were %.6f s behind at most, "
        "%zu rows and versions as of a clean rebuild\n",
        streams * (rounds * batch + 1) + 1, waits.size(), streams - 1, static_cast<double>(lag.count()) / 1e6, rows);
}

TEST_F(parking, retries_wait_longer_each_time_then_for_the_next_start) {
    bank::append(store_, "a", bank::opened{"a"});
    bank::append(store_, "a", bank::deposited{13});
    auto options = views();
    options.retries = {.count = 2, .first_wait = std::chrono::milliseconds{100}};
    {
        leftfold::projection_engine engine{store_};
        engine.add<accounts>(options);
        const auto attempts_after = [&](int milliseconds) {
            clock_->advance(std::chrono::milliseconds{milliseconds});
            step_to_the_end(engine);
            return engine.parked<accounts>().at(0).attempts;
        };
        EXPECT_EQ(attempts_after(0), 0) << "the first failure parks, it is not tried again in the lane";
        EXPECT_EQ(attempts_after(99), 0);
        EXPECT_EQ(attempts_after(1), 1);
        EXPECT_EQ(attempts_after(199), 1);
        EXPECT_EQ(attempts_after(1), 2);
        EXPECT_EQ(attempts_after(1'000'000), 2) << "that was the last one";
        EXPECT_FALSE(engine.retry_parked<accounts>({"account", "a"}));
        EXPECT_EQ(engine.parked<accounts>().at(0).attempts, 3);
        EXPECT_EQ(code_of([&] { engine.retry_parked<accounts>({"account", "b"}); }), errc::not_found);
    }
    accounts::is_brave = true;
    leftfold::projection_engine engine{store_};
    engine.add<accounts>(options);
    engine.catch_up();
    EXPECT_EQ(engine.status<accounts>().parked, 0U);
    EXPECT_EQ(dump(file()), clean());
}

TEST_F(parking, what_touches_a_row_of_a_parked_stream_is_parked_with_it_and_says_so) {
    for (const auto* name : {"a", "b", "c", "d"}) bank::append(store_, name, bank::opened{name});
    bank::append(store_, "d", moved{"a", 5});  // d and a share a row from now on
    bank::append(store_, "a", bank::deposited{13});
    bank::append(store_, "b", moved{"c", 1});
    const auto meets = bank::append(store_, "b", moved{"a", 2});
    bank::append(store_, "c", bank::deposited{3});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<accounts>(views());
    step_to_the_end(engine);
    const auto parked = engine.parked<accounts>();
    ASSERT_EQ(texts(parked), "account-a account-b account-c account-d ");
    EXPECT_NE(parked[1].why.find("row \"a\" of table accounts, which stream account-a wrote"), std::string::npos)
        << parked[1].why;
    EXPECT_EQ(parked[1].failed, meets.position);
    EXPECT_NE(parked[2].why.find("shares rows with stream account-b"), std::string::npos) << parked[2].why;
    EXPECT_NE(parked[3].why.find("shares rows with stream account-a"), std::string::npos) << parked[3].why;
    EXPECT_EQ(read.rows.find("b")->cents, -1) << "what came before stays";
    EXPECT_EQ(code_of([&] { engine.discard_parked<accounts>({"account", "d"}); }), errc::invalid_argument);
    accounts::is_brave = true;
    EXPECT_TRUE(engine.retry_parked<accounts>({"account", "c"})) << "they rejoin together, whichever is named";
    EXPECT_EQ(engine.parked<accounts>().size(), 0U);
    EXPECT_EQ(dump(file()), clean());
}

TEST_F(parking, a_row_that_was_missed_meanwhile_is_found_when_the_stream_that_makes_it_rejoins) {
    bank::append(store_, "b", bank::opened{"b"});
    bank::append(store_, "a", bank::deposited{13});
    bank::append(store_, "a", bank::opened{"a"});
    bank::append(store_, "b", moved{"a", 2});  // finds no row, and makes none
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<accounts>(views());
    step_to_the_end(engine);
    EXPECT_EQ(texts(engine.parked<accounts>()), "account-a ");
    accounts::is_brave = true;
    EXPECT_TRUE(engine.retry_parked<accounts>({"account", "a"}));
    EXPECT_EQ(read.rows.find("a")->cents, 2);
    EXPECT_EQ(dump(file()), clean());
}

TEST_F(parking, an_event_that_was_discarded_stays_so_over_restarts_and_rebuilds) {
    bank::append(store_, "a", bank::opened{"a"});
    bank::append(store_, "a", bank::deposited{1});
    bank::append(store_, "a", bank::deposited{13});
    bank::append(store_, "a", bank::deposited{2});
    {
        leftfold::projection_engine engine{store_};
        engine.add<accounts>(views());
        engine.start();
        engine.wait_for<accounts>(bank::append(store_, "b", bank::opened{"b"}).position);
        EXPECT_EQ(texts(engine.parked<accounts>()), "account-a ");
        EXPECT_TRUE(engine.discard_parked<accounts>({"account", "a"})) << "while it runs";
        EXPECT_EQ(engine.parked<accounts>().size(), 0U);
    }
    const auto with = dump(file());
    EXPECT_EQ(shell(file(), "SELECT cents FROM accounts WHERE account = 'a'"), (rows_of_text{{"3"}}));
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(file().string() + end);
    leftfold::projection_engine engine{store_};
    engine.add<accounts>(views());
    engine.catch_up();
    EXPECT_EQ(engine.parked<accounts>().size(), 0U);
    EXPECT_EQ(dump(file()), with);
}

TEST_F(parking, more_streams_than_may_be_parked_stop_the_projection) {
    auto options = views();
    options.parked_max = 2;
    options.retries.count = 0;
    for (const auto* name : {"a", "b", "c"}) bank::append(store_, name, bank::deposited{13});
    leftfold::projection_engine engine{store_};
    engine.add<accounts>(options);
    std::string text;
    EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("more than 2 streams"), std::string::npos) << text;
}

class reads_many : public leftfold::projection<reads_many, bank::opened> {
public:
    static constexpr auto projection_name = "reads_many";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "many"};
    void on(const bank::opened&) { static_cast<void>(rows.all()); }
};
class writes_sql : public leftfold::projection<writes_sql, bank::opened> {
public:
    static constexpr auto projection_name = "writes_sql";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    leftfold::sql_table log{*this, "log", "n INTEGER"};
    void on(const bank::opened&) {}
};

TEST_F(parking, refuses_what_cannot_be_attributed_to_a_stream) {
    bank::append(store_, "a", bank::opened{"a"});
    leftfold::projection_engine engine{store_};
    engine.add<reads_many>(views());
    engine.catch_up();
    EXPECT_NE(engine.parked<reads_many>().at(0).why.find("by their key only"), std::string::npos);
    EXPECT_EQ(code_of([&] { engine.add<writes_sql>(views()); }), errc::unsupported);
}

/// Random events, some of them poison, over streams that meet now and then.
class parking_by_flush_size : public parking, public testing::WithParamInterface<std::size_t> {
protected:
    void append_random(int events, unsigned seed) {
        std::mt19937_64 random{seed};
        const auto name = [&](std::size_t of) { return "s" + std::to_string(of); };
        for (int i = 0; i != events; ++i) {
            const auto stream = random() % 16;
            switch (random() % 12) {
                case 0:
                    bank::append(store_, name(stream), bank::closed{});
                    break;
                case 1:
                    bank::append(store_, name(stream), moved{name((stream ^ 1U) % 16), 1});
                    break;
                case 2:
                    bank::append(store_, name(stream), bank::deposited{random() % 8 == 0 ? 13 : 2});
                    break;
                case 3:
                case 4:
                case 5:
                    bank::append(store_, name(stream), bank::opened{"x"});
                    break;
                default:
                    bank::append(store_, name(stream), bank::deposited{1});
            }
        }
    }
};

TEST_P(parking_by_flush_size, after_the_fix_the_rows_are_those_of_a_clean_rebuild_whatever_was_killed_when) {
    struct killed {};
    int parked = 0;
    int kills = 0;
    for (unsigned seed = 1; seed != 7; ++seed) {
        store_ = make_store();
        append_random(120, seed);
        accounts::is_brave = false;
        auto options = views();
        options.database = directory_ / ("run" + std::to_string(seed) + ".db");
        options.flush.events = GetParam();
        std::mt19937_64 random{seed};
        bool was_parked = false;
        // Small flushes pass more failpoints before they come anywhere.
        const std::size_t points = GetParam() == 1 ? 150 : GetParam() == 7 ? 30 : 6;
        // Each run dies at some failpoint; from the fifth on the program is fixed, and the twelfth lives.
        for (int run = 0; run != 12; ++run) {
            int passes = run == 11 ? 1 << 30 : static_cast<int>(random() % points);
            if (run == 5) accounts::is_brave = true;
            leftfold::projection_engine engine{store_, {.failpoint = [&](std::string_view) {
                                                   if (passes-- == 0) throw killed{};
                                               }}};
            engine.add<accounts>(options);
            try {
                step_to_the_end(engine);
                was_parked = was_parked || engine.status<accounts>().parked > 0;
                clock_->advance(std::chrono::seconds{1});
                step_to_the_end(engine);
            } catch (const killed&) {
                ++kills;
            }
            EXPECT_EQ(engine.status<accounts>().begun_anew_because, "");
            if (run == 5) append_random(40, seed + 100);
        }
        ASSERT_EQ(dump(options.database), clean()) << "seed " << seed;
        ASSERT_EQ(shell(options.database, "SELECT * FROM leftfold_parked"), rows_of_text{}) << "seed " << seed;
        if (was_parked) ++parked;
    }
    EXPECT_GT(parked, 2) << "streams were parked in many runs";
    EXPECT_GT(kills, 12);
}

INSTANTIATE_TEST_SUITE_P(flush_sizes, parking_by_flush_size, testing::Values(1, 7, 1'000, 100'000),
                         [](const auto& of) { return "of_" + std::to_string(of.param); });

}  // namespace parking_test
