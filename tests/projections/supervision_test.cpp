// What breaks off for no fault of an event is started again, and what is stuck is seen.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <new>
#include <thread>

#include "model_board.hpp"
#include "projections/read_models.hpp"

namespace supervision_test {

using leftfold::errc;
using leftfold::projection_state;
using read_models::code_of;
using namespace std::chrono_literals;

/// Finds no memory for its first events, so many times.
template <leftfold::failure_policy Policy>
class greedy : public leftfold::projection<greedy<Policy>, bank::opened> {
public:
    static constexpr auto projection_name = "greedy";
    static constexpr auto on_failure = Policy;
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "greedy"};
    void on(const bank::opened&, const leftfold::recorded& at) {
        rows.put({at.key(), 1});
        if (without_memory > 0 && without_memory-- > 0) throw std::bad_alloc();
    }
    static inline int without_memory = 0;
};
using greedy_that_stops = greedy<leftfold::failure_policy::stop>;
using greedy_that_parks = greedy<leftfold::failure_policy::park_key>;

/// Comes back from an event only when it is let go.
class stuck : public leftfold::projection<stuck, bank::opened> {
public:
    static constexpr auto projection_name = "stuck";
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "stuck"};
    void on(const bank::opened&) { held.wait(true); }
    static inline std::atomic<bool> held = false;
};

/// Wakes whoever waits for a warning.
class listening final : public leftfold::observer {
public:
    void on_warning(std::string_view text) override {
        const std::lock_guard lock(mutex_);
        told_.emplace_back(text);
        heard_.notify_all();
    }
    /// Waits until somebody says that, and returns the whole of it; empty after half a minute.
    std::string await(std::string_view what) {
        std::unique_lock lock(mutex_);
        std::string found;
        heard_.wait_for(lock, 30s, [&] {
            for (const auto& each : told_)
                if (each.find(what) != std::string::npos) found = each;
            return !found.empty();
        });
        return found;
    }

private:
    std::mutex mutex_;
    std::condition_variable heard_;
    std::vector<std::string> told_;
};

/// A clock that fails once when it is told to.
class brittle_clock final : public leftfold::clock_source {
public:
    explicit brittle_clock(std::shared_ptr<leftfold::clock_source> of) : of_(std::move(of)) {}
    std::int64_t wall_us() override { return of_->wall_us(); }
    std::int64_t elapsed_us() override {
        if (breaks.exchange(false)) throw std::runtime_error("the clock is broken");
        return of_->elapsed_us();
    }
    std::atomic<bool> breaks = false;

private:
    std::shared_ptr<leftfold::clock_source> of_;
};

class supervision : public read_models::fixture {
protected:
    template <class Projection>
    leftfold::projection_status after_shortages(int shortages) {
        auto store = make_store();
        bank::append(store, "alice", bank::opened{"Alice"});
        leftfold::projection_engine engine{store};
        engine.add<Projection>({.database = file(), .retries = {.count = 0}});
        Projection::without_memory = shortages;
        engine.catch_up();
        return engine.template status<Projection>();
    }
};

TEST_F(supervision, a_lack_of_memory_is_no_fault_of_the_event) {
    const auto stops = after_shortages<greedy_that_stops>(4);
    EXPECT_EQ(stops.state, projection_state::live);
    EXPECT_EQ(stops.restarts, 4U);
    EXPECT_EQ(stops.failures, 4U);
    EXPECT_EQ(stops.attempts, 0);
    std::filesystem::remove(file());
    const auto parks = after_shortages<greedy_that_parks>(4);
    EXPECT_EQ(parks.restarts, 4U);
    EXPECT_EQ(parks.parked, 0U) << "no stream is set aside for it";
}

TEST_F(supervision, a_database_that_fails_is_tried_again_after_waits_on_the_injected_clock_and_then_no_more) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    int failures = 0;
    leftfold::engine_options options{.supervision = {.restarts = 3, .first_wait = 100ms, .longest_wait = 200ms}};
    options.failpoint = [&](std::string_view step) {
        if (step == "rows are written" && failures > 0 && failures-- > 0) throw std::runtime_error("no room");
    };
    leftfold::projection_engine engine{store, options};
    auto& read = engine.add<bank::balances>({.database = file(), .retries = {.count = 0}});
    failures = 3;
    const auto run = [&] {
        while (engine.step()) {
        }
        return engine.status<bank::balances>();
    };
    EXPECT_EQ(run().state, projection_state::backing_off);
    for (const auto wait : {100ms, 200ms}) {
        clock_->advance(wait - 1us);
        const auto before = run().restarts;
        clock_->advance(1us);
        EXPECT_EQ(run().restarts, before + 1);
    }
    clock_->advance(200ms);
    EXPECT_EQ(run().state, projection_state::live);
    EXPECT_EQ(engine.status<bank::balances>().restarts, 3U);
    EXPECT_EQ(read.rows.find("alice")->cents, 0);

    failures = 1'000;
    bank::append(store, "alice", bank::deposited{1});
    std::string text;
    EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("no room"), std::string::npos) << text;
    EXPECT_EQ(engine.status<bank::balances>().restarts, 3U + 4U);
    failures = 0;
    engine.resume<bank::balances>();
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 1);
}

TEST_F(supervision, a_driver_that_breaks_off_is_started_again) {
    const auto clock = std::make_shared<brittle_clock>(clock_);
    const auto heard = std::make_shared<listening>();
    store_options_.world.clock = clock;
    store_options_.world.observer = heard;
    auto store = make_store();
    leftfold::projection_engine engine{store, {.longest_rest = 5ms, .supervision = {.first_wait = 1ms}}};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    engine.wait_for(bank::append(store, "alice", bank::opened{"Alice"}).position);
    clock->breaks = true;  // it looks at the clock when it has rested
    EXPECT_NE(heard->await("the clock is broken"), "");
    clock_->advance(1s);
    engine.wait_for(bank::append(store, "alice", bank::deposited{1}).position);
    EXPECT_EQ(read.rows.find("alice")->cents, 1);
    EXPECT_EQ(engine.status<bank::balances>().restarts, 1U);
}

TEST_F(supervision, a_stall_is_told_once_and_again_after_there_was_progress) {
    auto store = make_store();
    const auto signals = std::make_shared<leftfold::detail::model_signals>();
    leftfold::detail::model_board board(store.core(), signals, "projection", "balances");
    const auto publish = [&](const leftfold::cut& reached, projection_state state) {
        board.publish({.reached = reached,
                       .state = state,
                       .events_per_second = 0,
                       .attempts = 0,
                       .failure = {},
                       .failures = 0,
                       .last_failure = {},
                       .restarts = 0,
                       .is_behind = !reached.covers(store.closed_cut()),
                       .told = {},
                       .through = {},
                       .complete_through = leftfold::recorded_at::min(),
                       .parked = 0,
                       .parks = false});
    };
    const leftfold::cut nothing(store.partitions());
    publish(nothing, projection_state::live);
    clock_->advance(1h);
    EXPECT_EQ(board.look_for_stall(), std::nullopt) << "there is nothing to fold";
    bank::append(store, "alice", bank::opened{"Alice"});
    EXPECT_EQ(board.look_for_stall(), std::nullopt) << "it has come just now";
    clock_->advance(30s);
    EXPECT_EQ(board.look_for_stall(), std::nullopt);
    EXPECT_FALSE(board.status().stalled);
    clock_->advance(1us);
    EXPECT_TRUE(board.status().stalled);
    const auto told = board.look_for_stall().value_or("");
    EXPECT_NE(told.find("projection balances is stalled at "), std::string::npos) << told;
    EXPECT_NE(told.find("1 events behind, and no further for 30.0 s"), std::string::npos) << told;
    publish(nothing, projection_state::backing_off);
    clock_->advance(1h);
    EXPECT_EQ(board.look_for_stall(), std::nullopt) << "once";

    publish(store.closed_cut(), projection_state::live);
    EXPECT_FALSE(board.status().stalled);
    bank::append(store, "alice", bank::deposited{1});
    EXPECT_EQ(board.look_for_stall(), std::nullopt);
    clock_->advance(31s);
    EXPECT_NE(board.look_for_stall(), std::nullopt) << "it is another one";

    publish(nothing, projection_state::paused);
    clock_->advance(1h);
    EXPECT_EQ(board.look_for_stall(), std::nullopt) << "it was told to";
    EXPECT_FALSE(board.status().stalled);
}

TEST_F(supervision, a_projection_that_does_not_come_back_from_an_event_is_told_of_while_it_is_stuck) {
    const auto heard = std::make_shared<listening>();
    store_options_.world.observer = heard;
    auto store = make_store();
    leftfold::projection_engine engine{store, {.supervision = {.stalled_after = 40ms}}};
    engine.add<stuck>(views());
    engine.start();
    stuck::held = true;
    const auto done = bank::append(store, "alice", bank::opened{"Alice"});
    EXPECT_EQ(code_of([&] { engine.wait_for(done.position, {.at_most = 20ms}); }), errc::behind);
    EXPECT_FALSE(engine.status<stuck>().stalled) << "on the test's clock no time has passed";
    // The watchdog looks a few times a second, and sees the event at its first look after it.
    while (!engine.status<stuck>().stalled) {
        clock_->advance(41ms);
        std::this_thread::yield();
    }
    EXPECT_NE(heard->await("projection stuck is stalled"), "");
    stuck::held = false;
    stuck::held.notify_all();
    engine.wait_for(done.position);
    EXPECT_FALSE(engine.status<stuck>().stalled);
}

}  // namespace supervision_test
