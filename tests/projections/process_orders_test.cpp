// Orders for processes: what one does when it is told to pause, resume, drain or stop, and what is kept of it.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/describe/class.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "leftfold/projections/kept_orders.hpp"
#include "leftfold/projections/processes_in.hpp"
#include "projections/read_models.hpp"
#include "projections/rides.hpp"

namespace process_orders_test {

using leftfold::errc;
using leftfold::projection_state;
using leftfold::start_at;
using read_models::code_of;
using rides::dispatch;
using namespace std::chrono_literals;

struct passed {
    static constexpr auto event_type = "gates.passed";
};
BOOST_DESCRIBE_STRUCT(passed, (), ())

/// Lets nobody pass, until somebody has opened it.
class gate : public leftfold::aggregate<gate, passed> {
public:
    static constexpr auto category = "gate";
    static inline bool is_open = false;
    void pass() {
        if (!is_open) throw std::runtime_error("closed");
        raise(passed{});
    }

private:
    friend aggregate;
    void apply(const passed&) {}
};

class caller : public leftfold::process_manager<caller, rides::requested> {
public:
    static constexpr auto process_name = "caller";
    static std::string correlate(const rides::requested&, const leftfold::recorded& at) { return at.key(); }
    void react(const rides::requested&, reaction& then) const {
        then.execute<gate>("north", [](gate& g) { g.pass(); });
    }
    void apply(const leftfold::command_refused&) {}
};

class process_orders : public read_models::fixture {
protected:
    /// An engine as a program makes one when it starts.
    struct program {
        explicit program(process_orders& of, leftfold::engine_options options = {})
            : engine(of.store_, std::move(options)),
              running(engine.add_process<dispatch>({.retries = {.count = 0}}, of.rides_, of.drivers_)) {}
        leftfold::projection_engine engine;
        leftfold::running_process<dispatch> running;
    };

    leftfold::position request(const std::string& ride, const std::string& driver) {
        return rides_.execute(ride, [&](rides::ride& r) { r.request(driver); }).position;
    }
    std::ptrdiff_t count(std::string_view type) {
        const auto all = rides::all_events(store_);
        return std::count_if(all.begin(), all.end(), [&](const std::string& line) {
            return line.find(" " + std::string(type) + " ") != std::string::npos;
        });
    }
    std::ptrdiff_t offers() { return count("rides.offered"); }
    static void step_to_the_end(leftfold::projection_engine& engine) {
        while (engine.step()) {
        }
    }

    leftfold::event_store store_ = make_store();
    leftfold::repository<rides::ride> rides_{store_};
    leftfold::repository<rides::driver> drivers_{store_};
};

TEST_F(process_orders, a_paused_process_reacts_to_nothing_and_after_resuming_to_all_once) {
    program p(*this);
    p.engine.start();
    p.engine.wait_for<dispatch>(request("r1", "anna"));
    p.engine.pause<dispatch>("Olga");
    request("r2", "berta");
    const auto last = request("r3", "clara");
    std::string text;
    EXPECT_EQ(code_of([&] { p.engine.wait_for<dispatch>(last, {.at_most = 10min}); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("process dispatch is paused at "), std::string::npos) << text;
    EXPECT_NE(text.find(" by Olga, at 2026-01-01T00:00:00"), std::string::npos) << text;
    EXPECT_EQ(offers(), 1);
    const auto paused = p.engine.status<dispatch>();
    EXPECT_EQ(paused.state, projection_state::paused);
    EXPECT_EQ(paused.told_by, "Olga");
    EXPECT_GE(paused.events_behind, 2U);
    EXPECT_EQ(p.running.find("r1")->driver_asked(), "anna") << "its instances can be looked at";

    p.engine.resume("dispatch");
    p.engine.wait_for<dispatch>(last);
    EXPECT_EQ(offers(), 3);
    EXPECT_EQ(p.engine.status<dispatch>().told_at, std::nullopt);
    p.engine.stop();
    p.engine.catch_up();
    EXPECT_EQ(offers(), 3);
}

TEST_F(process_orders, a_pause_is_kept_in_the_log_and_outlives_the_program) {
    {
        program p(*this);
        request("r1", "anna");
        p.engine.catch_up();
        p.engine.pause<dispatch>("Olga");
    }
    request("r2", "berta");
    EXPECT_EQ(leftfold::processes_in(store_).front().paused_by, "Olga");
    program p(*this);
    EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::paused);
    EXPECT_EQ(p.engine.status<dispatch>().told_by, "Olga");
    EXPECT_EQ(code_of([&] { p.engine.catch_up(); }), errc::projection_stopped);
    EXPECT_EQ(offers(), 1);
    EXPECT_EQ(p.running.find("r1")->driver_asked(), "anna") << "it has noted again what it had reacted to";
    EXPECT_EQ(p.running.find("r2"), std::nullopt);

    p.engine.resume<dispatch>();
    p.engine.catch_up();
    EXPECT_EQ(offers(), 2);
    EXPECT_EQ(leftfold::processes_in(store_).front().paused_at, std::nullopt);
    const auto before = rides::all_events(store_);
    p.engine.resume<dispatch>();
    EXPECT_EQ(rides::all_events(store_), before) << "nothing is written for one that is not paused";
}

TEST_F(process_orders, that_are_kept_while_no_engine_runs_are_obeyed_by_the_next) {
    EXPECT_EQ(code_of([&] { leftfold::pause_process(store_, "dispatch", "Olga"); }), errc::not_found);
    {
        program p(*this);
        p.engine.catch_up();
    }
    EXPECT_EQ(code_of([&] { leftfold::pause_process(store_, "dispatch", ""); }), errc::invalid_argument);
    leftfold::pause_process(store_, "dispatch", "Olga");
    EXPECT_EQ(program(*this).engine.status<dispatch>().told_by, "Olga");
    leftfold::resume_process(store_, "dispatch", "Olga");
    EXPECT_NE(program(*this).engine.status<dispatch>().state, projection_state::paused);
}

TEST_F(process_orders, a_drain_reacts_to_what_is_closed_and_pauses) {
    program p(*this);
    for (const auto* ride : {"r1", "r2", "r3"}) request(ride, std::string("driver of ") + ride);
    EXPECT_EQ(code_of([&] { p.engine.drain<dispatch>({.at_most = 0ms}, "Olga"); }), errc::behind);
    EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::draining);
    request("r4", "driver of r4");
    step_to_the_end(p.engine);
    EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::paused);
    EXPECT_EQ(p.engine.status<dispatch>().told_by, "Olga");
    EXPECT_EQ(offers(), 3) << "and to no more";
    p.engine.start();
    EXPECT_TRUE(p.engine.drain<dispatch>().current);
    EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::paused);
    EXPECT_EQ(offers(), 4);
}

TEST_F(process_orders, a_deadline_is_not_reached_while_its_process_is_paused_or_drains) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    p.engine.pause<dispatch>();
    clock_->advance(31s);
    request("r2", "berta");
    step_to_the_end(p.engine);
    EXPECT_EQ(code_of([&] { p.engine.drain<dispatch>({.at_most = 0ms}); }), errc::behind);
    step_to_the_end(p.engine);
    EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::paused);
    EXPECT_EQ(offers(), 2);
    EXPECT_EQ(count("leftfold.deadline_due"), 0);
    EXPECT_EQ(p.running.deadlines().size(), 2U);
    p.engine.resume<dispatch>();
    p.engine.catch_up();
    EXPECT_EQ(count("leftfold.deadline_due"), 1);
    EXPECT_EQ(count("rides.given_up"), 1);
}

TEST_F(process_orders, a_stop_is_written_nowhere_and_lasts_until_the_program_starts_again) {
    {
        program p(*this);
        p.engine.catch_up();
        p.engine.stop<dispatch>("Olga");
        const auto heads = store_.heads();
        request("r1", "anna");
        EXPECT_EQ(code_of([&] { p.engine.catch_up(); }), errc::projection_stopped);
        EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::stopped);
        EXPECT_EQ(p.engine.status<dispatch>().told_by, "Olga");
        EXPECT_EQ(p.engine.status<dispatch>().reached, heads);
        EXPECT_EQ(offers(), 0);
    }
    program p(*this);
    p.engine.catch_up();
    EXPECT_EQ(offers(), 1);
}

TEST_F(process_orders, resuming_tries_again_what_had_failed_for_good) {
    bool fails = true;
    program p(*this, {.failpoint = [&](std::string_view step) {
        if (fails && step == "an event is decided on") throw std::runtime_error("no room");
    }});
    request("r1", "anna");
    std::string text;
    EXPECT_EQ(code_of([&] { p.engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("no room"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { p.engine.drain<dispatch>({.at_most = 10min}); }), errc::projection_stopped);
    fails = false;
    p.engine.resume<dispatch>();
    p.engine.catch_up();
    EXPECT_EQ(offers(), 1);
    EXPECT_EQ(p.engine.status<dispatch>().failure, "");
    EXPECT_EQ(p.engine.status<dispatch>().failures, 1U);
}

TEST_F(process_orders, resuming_does_not_send_again_what_was_refused_before_the_failure) {
    gate::is_open = false;
    bool fails = true;
    leftfold::projection_engine engine{store_, {.failpoint = [&](std::string_view step) {
                                           if (fails && step == "a refusal is written") throw std::runtime_error("no");
                                       }}};
    engine.add_process<caller>({.retries = {.count = 0}}, leftfold::repository<gate>{store_});
    request("r1", "anna");
    EXPECT_EQ(code_of([&] { engine.catch_up(); }), errc::projection_stopped);
    fails = false;
    gate::is_open = true;
    engine.resume<caller>();
    engine.catch_up();
    EXPECT_EQ(count("leftfold.command_refused"), 1);
    EXPECT_EQ(count("gates.passed"), 0) << "the refusal stands";
}

TEST_F(process_orders, it_is_sent_to_no_other_place) {
    program p(*this);
    p.engine.catch_up();
    std::string text;
    EXPECT_EQ(code_of([&] { p.engine.seek<dispatch>(start_at::earliest()); }, &text), errc::unsupported);
    EXPECT_NE(text.find("process dispatch"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { p.engine.pause("unheard_of"); }), errc::not_found);
    EXPECT_EQ(code_of([&] { p.engine.pause<dispatch>(""); }), errc::invalid_argument);
    EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::live);
}

/// Pauses a process with a ride under way, resumes it, and lets it work, killed at the n-th step of all that; then a
/// new program ends it. Every ride is offered once, whatever was killed when.
TEST_F(process_orders, a_kill_between_any_two_steps_leaves_one_done_or_not_begun_and_no_reaction_doubled) {
    struct killed {};
    int kills = 0;
    for (int point = 0;; ++point) {
        const auto name = std::to_string(point);
        int passes = 1 << 30;
        bool survived = true;
        {
            program p(*this, {.failpoint = [&](std::string_view) {
                if (passes-- == 0) throw killed{};
            }});
            p.engine.catch_up();
            passes = point;
            try {
                request("a" + name, "anna" + name);
                p.engine.pause<dispatch>("Olga");
                step_to_the_end(p.engine);
                EXPECT_EQ(p.engine.status<dispatch>().state, projection_state::paused);
                p.engine.resume<dispatch>("Olga");
                p.engine.catch_up();
            } catch (const killed&) {
                survived = false;
                ++kills;
            }
            passes = 1 << 30;
        }
        const bool is_paused = !leftfold::processes_in(store_).front().paused_by.empty();
        program next(*this);
        EXPECT_EQ(next.engine.status<dispatch>().state == projection_state::paused, is_paused);
        if (is_paused) next.engine.resume<dispatch>();
        next.engine.catch_up();
        EXPECT_EQ(offers(), point + 1);
        EXPECT_EQ(count("leftfold.process_decided"), point + 1);
        if (survived) break;
    }
    EXPECT_GT(kills, 6);
}

TEST_F(process_orders, given_by_many_threads_at_once_while_it_reacts_lose_nothing_and_double_nothing) {
    constexpr int rides = 200;
    program p(*this);
    p.engine.start();
    std::atomic<bool> enough{false};
    std::array<std::atomic<int>, 3> carried_out{};
    std::vector<std::thread> threads;
    for (unsigned seed = 0; seed != carried_out.size(); ++seed)
        threads.emplace_back([&, seed] {
            std::mt19937 random{seed};
            while (!enough) {
                switch (random() % 5) {
                    case 0:
                        p.engine.pause<dispatch>();
                        break;
                    case 1:
                        p.engine.drain<dispatch>({.at_most = 0ms, .late = leftfold::when_late::answer_stale});
                        break;
                    case 2:
                        p.engine.stop<dispatch>();
                        break;
                    default:
                        p.engine.resume<dispatch>();
                }
                ++carried_out[seed];
            }
        });
    for (int i = 0; i != rides; ++i) {
        request("r" + std::to_string(i), "driver" + std::to_string(i));
        if (i % 20 == 19) {
            p.engine.stop();
            p.engine.start();
        }
    }
    while (std::any_of(carried_out.begin(), carried_out.end(), [](const auto& each) { return each < 20; }))
        std::this_thread::yield();
    enough = true;
    for (auto& each : threads) each.join();
    p.engine.resume<dispatch>();
    p.engine.wait_for<dispatch>(request("last", "last"), {.at_most = 5min});
    EXPECT_EQ(offers(), rides + 1);
    EXPECT_EQ(count("leftfold.process_decided"), rides + 1);
}

}  // namespace process_orders_test
