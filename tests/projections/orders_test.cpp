// Orders at run time: what a projection does when it is told to pause, resume, drain, seek or stop, and what shows of
// it.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <thread>

#include "projections/read_models.hpp"

namespace orders_test {

using leftfold::errc;
using leftfold::projection_state;
using leftfold::start_at;
using read_models::code_of;
using read_models::shell;
using namespace std::chrono_literals;

/// Everything that a database holds of the balances.
read_models::rows_of_text dump(const std::filesystem::path& file) {
    auto all = shell(file, "SELECT * FROM balances ORDER BY account");
    for (auto& row : shell(file, "SELECT * FROM balances_versions ORDER BY account, valid_to"))
        all.push_back(std::move(row));
    return all;
}

class deposits : public leftfold::projection<deposits, bank::deposited> {
public:
    static constexpr auto projection_name = "deposits";
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "deposits"};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (e.cents == 13 && !is_brave) throw std::runtime_error("not thirteen");
        if (!rows.update(at.key(), [&](bank::balance& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
    static inline bool is_brave = false;
};

class totals : public leftfold::projection<totals, bank::deposited> {
public:
    static constexpr auto projection_name = "totals";
    using ignored = leftfold::ignores_others;
    void on(const bank::deposited& e) { cents += e.cents; }
    std::int64_t cents = 0;
};

class orders : public read_models::fixture {
protected:
    orders() {
        deposits::is_brave = false;
        bank::append(store_, "alice", bank::opened{"Alice"});
    }
    leftfold::appended deposit(std::int64_t cents) { return bank::append(store_, "alice", bank::deposited{cents}); }
    static void step_to_the_end(leftfold::projection_engine& engine) {
        while (engine.step()) {
        }
    }
    std::string warned() const {
        std::string all;
        for (const auto& each : warnings_->told()) all += each + "\n";
        return all;
    }

    leftfold::event_store store_ = make_store();
};

TEST_F(orders, a_paused_projection_folds_nothing_until_it_is_resumed_and_others_go_on) {
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    auto& other = engine.add<deposits>(views());
    engine.start();
    engine.wait_for(deposit(1).position);
    engine.pause<bank::balances>("Olga");
    const auto later = deposit(2);
    engine.wait_for<deposits>(later.position);
    EXPECT_EQ(other.rows.find("alice")->cents, 3);
    EXPECT_EQ(read.rows.find("alice")->cents, 1) << "its rows can be read as they are";
    const auto paused = engine.status<bank::balances>();
    EXPECT_EQ(paused.state, projection_state::paused);
    EXPECT_EQ(paused.told_by, "Olga");
    EXPECT_EQ(paused.told_at, clock_->now());
    EXPECT_EQ(paused.events_behind, 1U);
    EXPECT_EQ(engine.status<deposits>().told_by, "");
    EXPECT_NE(warned().find("projection balances is paused by Olga"), std::string::npos) << warned();

    engine.resume("balances");
    engine.wait_for(later.position);
    EXPECT_EQ(read.rows.find("alice")->cents, 3);
    EXPECT_EQ(engine.status<bank::balances>().state, projection_state::live);
    EXPECT_EQ(engine.status<bank::balances>().told_at, std::nullopt);
}

TEST_F(orders, a_pause_outlives_the_program_and_the_waiting_are_told_at_once) {
    {
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        engine.catch_up();
        engine.pause<bank::balances>("Olga");
    }
    const auto later = deposit(1);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    EXPECT_EQ(engine.status<bank::balances>().state, projection_state::paused);
    EXPECT_EQ(engine.status<bank::balances>().told_by, "Olga");
    engine.start();
    std::string text;
    EXPECT_EQ(code_of([&] { engine.wait_for(later.position, {.at_most = 10min}); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("projection balances is paused at "), std::string::npos) << text;
    EXPECT_NE(text.find(" by Olga, at 2026-01-01T00:00:00Z"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { read.rows.as_of(later.recorded); }), errc::projection_stopped);
    const auto stale = engine.wait_for(later.position, {.at_most = 10min, .late = leftfold::when_late::answer_stale});
    EXPECT_EQ(stale.events_missing, 1U);
    engine.stop();
    EXPECT_EQ(code_of([&] { engine.catch_up(); }), errc::projection_stopped);
    engine.resume<bank::balances>();
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 1);
    EXPECT_EQ(shell(file(), "SELECT * FROM leftfold_paused"), read_models::rows_of_text{});
}

TEST_F(orders, a_drain_folds_what_is_closed_and_pauses) {
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    for (int i = 0; i != 50; ++i) deposit(1);
    engine.start();
    EXPECT_TRUE(engine.drain<bank::balances>().current);
    EXPECT_EQ(engine.status<bank::balances>().state, projection_state::paused);
    EXPECT_EQ(read.rows.find("alice")->cents, 50);
    deposit(1);
    EXPECT_TRUE(engine.drain("balances", {}, "Olga").current) << "one that is paused folds so far, and no further";
    EXPECT_EQ(read.rows.find("alice")->cents, 51);
    EXPECT_EQ(engine.status<bank::balances>().told_by, "Olga");
    EXPECT_EQ(shell(file(), "SELECT projection, by FROM leftfold_paused"),
              (read_models::rows_of_text{{"balances", "Olga"}}));
}

TEST_F(orders, a_drain_that_is_late_says_the_lag_and_goes_on_to_its_end) {
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<deposits>(views());
    deposit(5);
    std::string text;
    EXPECT_EQ(code_of([&] { engine.drain<deposits>({.at_most = 0ms}); }, &text), errc::behind);
    EXPECT_NE(text.find("draining projection deposits: projection deposits is at"), std::string::npos) << text;
    EXPECT_EQ(engine.status<deposits>().state, projection_state::draining);
    deposit(7);
    step_to_the_end(engine);
    EXPECT_EQ(engine.status<deposits>().state, projection_state::paused);
    EXPECT_EQ(read.rows.find("alice")->cents, 5) << "and no further";
}

TEST_F(orders, a_drain_ends_when_the_projection_fails_for_good) {
    leftfold::projection_engine engine{store_};
    auto options = views();
    options.retries.count = 0;
    engine.add<deposits>(options);
    deposit(13);
    engine.start();
    std::string text;
    EXPECT_EQ(code_of([&] { engine.drain<deposits>({.at_most = 10min}); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("not thirteen"), std::string::npos) << text;
    EXPECT_EQ(engine.status<deposits>().state, projection_state::stopped);
    EXPECT_EQ(engine.status<deposits>().failures, 1U);
    EXPECT_NE(engine.status<deposits>().last_failure.find("not thirteen"), std::string::npos);

    deposits::is_brave = true;
    engine.resume<deposits>();
    engine.wait_for<deposits>(deposit(1).position);
    EXPECT_EQ(engine.status<deposits>().failure, "");
    EXPECT_EQ(engine.status<deposits>().failures, 1U) << "what went well later still has happened";
}

TEST_F(orders, a_stop_lasts_until_the_program_starts_again) {
    {
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        engine.start();
        engine.stop<bank::balances>("Olga");
        const auto later = deposit(1);
        std::string text;
        EXPECT_EQ(code_of([&] { engine.wait_for(later.position, {.at_most = 10min}); }, &text),
                  errc::projection_stopped);
        EXPECT_NE(text.find("was stopped at"), std::string::npos) << text;
        engine.stop();
        engine.start();
        EXPECT_EQ(engine.status<bank::balances>().state, projection_state::stopped) << "an order is not the engine's";
    }
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 1);
}

TEST_F(orders, seeking_drops_the_rows_and_folds_as_a_new_projection_does_from_there) {
    for (int i = 0; i != 10; ++i) deposit(1);
    const auto from = deposit(2);
    deposit(3);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<deposits>(views());
    engine.start();
    engine.wait_for(deposit(4).position);
    EXPECT_EQ(read.rows.find("alice")->cents, 19);
    engine.seek<deposits>(start_at::event(from.position), "Olga");
    engine.wait_for(deposit(5).position);
    EXPECT_EQ(read.rows.find("alice")->cents, 2 + 3 + 4 + 5);
    auto now = engine.status<deposits>();
    EXPECT_EQ(now.generation, 2);
    EXPECT_EQ(now.begun_anew_because, "Olga told it to seek");
    EXPECT_EQ(now.since, from.recorded);
    EXPECT_NE(warned().find("begins anew"), std::string::npos) << warned();

    engine.pause<deposits>();
    engine.seek("deposits", start_at::latest());
    EXPECT_EQ(engine.status<deposits>().generation, 3);
    EXPECT_EQ(read.rows.count(), 0);
    EXPECT_EQ(engine.status<deposits>().state, projection_state::paused) << "what was told stays told";
    const auto next = deposit(6);
    engine.resume<deposits>();
    engine.wait_for(next.position);
    EXPECT_EQ(read.rows.find("alice")->cents, 6);
}

TEST_F(orders, seeking_a_place_that_is_not_there_drops_nothing) {
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    engine.catch_up();
    const auto before = dump(file());
    const leftfold::position nowhere{leftfold::partition_id{0}, leftfold::offset{99}};
    EXPECT_EQ(code_of([&] { engine.seek<bank::balances>(start_at::event(nowhere)); }), errc::not_found);
    EXPECT_EQ(code_of([&] { engine.seek<bank::balances>(start_at::ago(-1s)); }), errc::invalid_argument);
    EXPECT_EQ(dump(file()), before);
    EXPECT_EQ(engine.status<bank::balances>().generation, 1);
}

TEST_F(orders, a_model_in_memory_takes_them_too) {
    leftfold::projection_engine engine{store_};
    const auto model = engine.add_in_memory<totals>();
    const auto cents = [&] { return model.read([](const totals& of) { return of.cents; }); };
    engine.start();
    engine.wait_for(deposit(1).position);
    engine.drain<totals>();
    deposit(2);
    EXPECT_EQ(cents(), 1);
    engine.seek<totals>(start_at::latest());
    engine.resume<totals>();
    engine.wait_for(deposit(4).position);
    EXPECT_EQ(cents(), 4);
    EXPECT_EQ(engine.status<totals>().generation, 2);
}

TEST_F(orders, one_that_nobody_can_carry_out_is_refused) {
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    EXPECT_EQ(code_of([&] { engine.pause("unheard_of"); }), errc::not_found);
    EXPECT_EQ(code_of([&] { engine.resume<deposits>(); }), errc::not_found);
    EXPECT_EQ(code_of([&] { engine.pause("balances", ""); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { engine.pause("balances", std::string(leftfold::order_by_bytes_max + 1, 'x')); }),
              errc::invalid_argument);
    EXPECT_EQ(code_of([&] { engine.pause("balances", "\xff"); }), errc::invalid_utf8);
    EXPECT_EQ(engine.status<bank::balances>().state, projection_state::catching_up);
}

TEST_F(orders, what_a_flush_that_failed_had_folded_is_not_taken_for_written_by_a_pause_or_a_stop) {
    bool fails = false;
    leftfold::projection_engine engine{store_, {.failpoint = [&](std::string_view step) {
                                           if (fails && step == "rows are written") throw std::runtime_error("no room");
                                       }}};
    auto& read = engine.add<deposits>(views());
    step_to_the_end(engine);
    bank::append(store_, "bob", bank::opened{"Bob"});  // moves the checkpoint in memory only
    engine.step();
    deposit(5);
    fails = true;
    engine.step();
    EXPECT_EQ(engine.status<deposits>().failures, 1U);
    engine.pause<deposits>();
    fails = false;
    engine.stop();
    EXPECT_EQ(read.rows.count(), 0);
    engine.resume<deposits>();
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 5);
}

TEST_F(orders, the_rate_is_that_of_the_last_flushes) {
    for (int i = 0; i != 99; ++i) deposit(1);
    leftfold::projection_engine engine{store_, {.failpoint = [&](std::string_view step) {
                                           if (step == "flush begins") clock_->advance(500ms);
                                       }}};
    engine.add<bank::balances>(views());
    EXPECT_EQ(engine.status<bank::balances>().events_per_second, 0);
    engine.catch_up();
    EXPECT_EQ(engine.status<bank::balances>().events_per_second, 200);
}

TEST_F(orders, a_kill_between_any_two_steps_of_one_leaves_it_done_or_not_begun) {
    struct killed {};
    int kills = 0;
    for (int i = 0; i != 20; ++i) deposit(1);
    for (int point = 0;; ++point) {
        auto options = views();
        options.database = directory_ / ("run" + std::to_string(point) + ".db");
        int passes = 1 << 30;
        const leftfold::engine_options dying{.failpoint = [&](std::string_view) {
            if (passes-- == 0) throw killed{};
        }};
        bool survived = true;
        {
            leftfold::projection_engine engine{store_, dying};
            engine.add<bank::balances>(options);
            engine.catch_up();
            passes = point;
            try {
                engine.pause<bank::balances>();
                engine.seek<bank::balances>(start_at::earliest());
                engine.resume<bank::balances>();
            } catch (const killed&) {
                survived = false;
                ++kills;
            }
            passes = 1 << 30;
        }
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<bank::balances>(options);
        const auto generation = engine.status<bank::balances>().generation;
        if (engine.status<bank::balances>().state == projection_state::paused) {
            EXPECT_EQ(read.rows.count(), generation == 1 ? 1 : 0);
            engine.resume<bank::balances>();
        }
        engine.catch_up();
        EXPECT_EQ(read.rows.find("alice")->cents, 20);
        if (!survived) continue;
        EXPECT_EQ(generation, 2);
        break;
    }
    EXPECT_GT(kills, 4);
}

TEST_F(orders, given_by_many_threads_at_once_while_folding_and_stopping_lose_nothing) {
    std::array<std::atomic<int>, 3> carried_out{};
    const auto fewest = [&] { return std::min({carried_out[0].load(), carried_out[1].load(), carried_out[2].load()}); };
    {
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        engine.add<deposits>({.database = directory_ / "other.db"});
        const auto model = engine.add_in_memory<totals>();
        engine.start();
        std::atomic<bool> enough{false};
        std::vector<std::thread> threads;
        for (unsigned seed = 0; seed != 3; ++seed)
            threads.emplace_back([&, seed] {
                std::mt19937 random{seed};
                constexpr std::array names{"balances", "deposits", "totals"};
                while (!enough) {
                    const auto* name = names[random() % names.size()];
                    switch (random() % 6) {
                        case 0:
                            engine.pause(name);
                            break;
                        case 1:
                            engine.drain(name, {.at_most = 0ms, .late = leftfold::when_late::answer_stale});
                            break;
                        case 2:
                            engine.seek(name, start_at::earliest());
                            break;
                        case 3:
                            engine.stop(name);
                            break;
                        default:
                            engine.resume(name);
                    }
                    static_cast<void>(engine.status());
                    ++carried_out[seed];
                }
            });
        for (int i = 0; i != 300; ++i) {
            deposit(1);
            if (i % 20 == 19) {
                engine.stop();
                engine.start();
            }
        }
        while (fewest() < 30) std::this_thread::yield();
        enough = true;
        for (auto& each : threads) each.join();
        for (const auto* name : {"balances", "deposits", "totals"}) engine.resume(name);
        engine.wait_for(deposit(1).position, {.at_most = 5min});
        EXPECT_EQ(model.read([](const totals& of) { return of.cents; }), 301);
    }
    leftfold::projection_engine clean{store_};
    clean.add<bank::balances>({.database = directory_ / "clean.db"});
    clean.catch_up();
    EXPECT_EQ(dump(file()), dump(directory_ / "clean.db"));
    EXPECT_EQ(shell(directory_ / "other.db", "SELECT cents FROM deposits"), (read_models::rows_of_text{{"301"}}));
}

}  // namespace orders_test
