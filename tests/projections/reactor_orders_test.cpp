// Orders for reactors: what one does when it is told to pause, resume, drain or stop, and what its file keeps of it.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "leftfold/projections/kept_orders.hpp"
#include "leftfold/projections/reactor.hpp"
#include "projections/read_models.hpp"

namespace reactor_orders_test {

using leftfold::errc;
using leftfold::projection_state;
using leftfold::start_at;
using read_models::code_of;
using read_models::shell;
using namespace std::chrono_literals;

/// Notes the key of each effect, in a list that outlives the program that is killed.
class receipts : public leftfold::reactor<receipts, bank::deposited> {
public:
    static constexpr auto reactor_name = "receipts";
    explicit receipts(std::vector<std::string>& had) : had_(had) {}
    void on(const bank::deposited& e, const leftfold::effect& at) {
        if (e.cents == 13) throw std::runtime_error("not thirteen");
        had_.push_back(at.key());
    }

private:
    std::vector<std::string>& had_;
};

class reactor_orders : public read_models::fixture {
protected:
    /// An engine as a program makes one when it starts.
    struct program {
        explicit program(reactor_orders& of, leftfold::engine_options options = {}) : engine(of.store_, options) {
            engine.add_reactor<receipts>({.file = of.state(), .start = start_at::earliest(), .retries = {.count = 0}},
                                         of.had_);
        }
        leftfold::projection_engine engine;
    };

    std::filesystem::path state() const { return directory_ / "receipts.reactor"; }
    leftfold::position deposit(std::int64_t cents) {
        return bank::append(store_, "alice", bank::deposited{cents}).position;
    }
    std::size_t keys() const { return std::set(had_.begin(), had_.end()).size(); }
    static void step_to_the_end(leftfold::projection_engine& engine) {
        while (engine.step()) {
        }
    }

    leftfold::event_store store_ = make_store();
    std::vector<std::string> had_;
};

TEST_F(reactor_orders, a_paused_reactor_has_no_effect_and_after_resuming_each_once) {
    program p(*this);
    p.engine.start();
    p.engine.wait_for<receipts>(deposit(1));
    p.engine.pause<receipts>("Olga");
    deposit(2);
    const auto last = deposit(3);
    std::string text;
    EXPECT_EQ(code_of([&] { p.engine.wait_for<receipts>(last, {.at_most = 10min}); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("reactor receipts is paused at "), std::string::npos) << text;
    EXPECT_EQ(had_.size(), 1U);
    EXPECT_EQ(p.engine.status<receipts>().state, projection_state::paused);
    EXPECT_EQ(p.engine.status<receipts>().told_by, "Olga");
    EXPECT_EQ(p.engine.status<receipts>().events_behind, 2U);
    p.engine.resume("receipts");
    p.engine.wait_for<receipts>(last);
    EXPECT_EQ(had_.size(), 3U);
    EXPECT_EQ(keys(), 3U);
}

TEST_F(reactor_orders, a_pause_is_kept_in_its_file_and_outlives_the_program) {
    {
        program p(*this);
        deposit(1);
        p.engine.catch_up();
        p.engine.pause<receipts>("Olga");
    }
    deposit(2);
    EXPECT_EQ(shell(state(), "SELECT projection, by FROM leftfold_paused"),
              (read_models::rows_of_text{{"receipts", "Olga"}}));
    program p(*this);
    EXPECT_EQ(p.engine.status<receipts>().state, projection_state::paused);
    EXPECT_EQ(code_of([&] { p.engine.catch_up(); }), errc::projection_stopped);
    EXPECT_EQ(had_.size(), 1U);
    p.engine.resume<receipts>();
    p.engine.catch_up();
    EXPECT_EQ(had_.size(), 2U);
    EXPECT_EQ(shell(state(), "SELECT * FROM leftfold_paused"), read_models::rows_of_text{});
}

TEST_F(reactor_orders, that_are_kept_while_no_engine_runs_are_obeyed_by_the_next) {
    program(*this).engine.catch_up();
    leftfold::kept_orders(state()).pause("receipts", "Olga");
    EXPECT_EQ(program(*this).engine.status<receipts>().told_by, "Olga");
    leftfold::kept_orders(state()).resume("receipts");
    EXPECT_EQ(program(*this).engine.status<receipts>().state, projection_state::live);
    EXPECT_EQ(code_of([&] { leftfold::kept_orders(state()).seek("receipts", start_at::earliest(), "Olga"); }),
              errc::unsupported);
}

TEST_F(reactor_orders, a_drain_ends_with_what_is_closed_and_a_stop_with_the_program) {
    {
        program p(*this);
        for (int i = 0; i != 3; ++i) deposit(1);
        EXPECT_EQ(code_of([&] { p.engine.drain<receipts>({.at_most = 0ms}); }), errc::behind);
        deposit(1);
        step_to_the_end(p.engine);
        EXPECT_EQ(p.engine.status<receipts>().state, projection_state::paused);
        EXPECT_EQ(had_.size(), 3U);
        p.engine.stop<receipts>("Olga");
        EXPECT_EQ(p.engine.status<receipts>().state, projection_state::stopped);
        p.engine.resume<receipts>();
        p.engine.stop<receipts>("Olga");
        step_to_the_end(p.engine);
        EXPECT_EQ(had_.size(), 3U);
    }
    program(*this).engine.catch_up();
    EXPECT_EQ(had_.size(), 4U);
}

TEST_F(reactor_orders, it_is_sent_to_no_other_place_and_one_that_failed_goes_on_when_resumed) {
    program p(*this);
    p.engine.catch_up();
    std::string text;
    EXPECT_EQ(code_of([&] { p.engine.seek<receipts>(start_at::latest()); }, &text), errc::unsupported);
    EXPECT_NE(text.find("reactor receipts"), std::string::npos) << text;
    deposit(13);
    deposit(1);
    EXPECT_EQ(code_of([&] { p.engine.catch_up(); }), errc::projection_stopped);
    p.engine.resume<receipts>();
    EXPECT_EQ(code_of([&] { p.engine.catch_up(); }), errc::projection_stopped) << "it meets the same event again";
    EXPECT_EQ(p.engine.status<receipts>().failures, 2U);
    EXPECT_EQ(had_.size(), 0U);
}

TEST_F(reactor_orders, a_kill_between_an_order_and_an_effect_loses_neither) {
    struct killed {};
    int kills = 0;
    std::size_t events = 0;
    for (int point = 0;; ++point) {
        int passes = 1 << 30;
        bool survived = true;
        {
            program p(*this, {.failpoint = [&](std::string_view) {
                if (passes-- == 0) throw killed{};
            }});
            p.engine.catch_up();
            passes = point;
            deposit(1);
            ++events;
            try {
                p.engine.pause<receipts>();
                step_to_the_end(p.engine);
                EXPECT_EQ(keys(), events - 1) << "none while it is paused";
                p.engine.resume<receipts>();
                p.engine.catch_up();
            } catch (const killed&) {
                survived = false;
                ++kills;
            }
            passes = 1 << 30;
        }
        const bool is_paused = shell(state(), "SELECT 1 FROM leftfold_paused").size() == 1;
        program next(*this);
        EXPECT_EQ(next.engine.status<receipts>().state == projection_state::paused, is_paused);
        if (is_paused) next.engine.resume<receipts>();
        next.engine.catch_up();
        EXPECT_EQ(keys(), events);
        EXPECT_LE(had_.size(), events + static_cast<std::size_t>(kills)) << "at most the last one again";
        if (survived) break;
    }
    EXPECT_GT(kills, 4);
}

}  // namespace reactor_orders_test
