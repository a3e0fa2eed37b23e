// The language for tests of processes, tried on one that is right and on some that are not.
#include "leftfold/testing/tested_process.hpp"

#include <gtest/gtest.h>

#include <string>

#include "projections/rides.hpp"

namespace tested_process_test {

using leftfold::testing::cancelled, leftfold::testing::deadline, leftfold::testing::on, leftfold::testing::refused;
using leftfold::testing::raised_nothing, leftfold::testing::tested_process, leftfold::testing::time_passes;
using rides::accepted, rides::dispatch, rides::driver, rides::given_up, rides::no_answer, rides::offered;
using rides::requested, rides::ride;
using namespace std::chrono_literals;

const tested_process<dispatch, ride, driver> dispatching;

TEST(tested_process, tells_commands_by_what_they_raise_and_deadlines_by_their_event) {
    auto asked = dispatching.when(on("ride-r1", requested{"anna"}));
    EXPECT_EQ(asked.then_commands(on("driver-anna", offered{"r1"})), "");
    EXPECT_EQ(asked.then_scheduled(deadline("r1", 30s, no_answer{"anna"})), "");
    EXPECT_EQ(asked.then_waiting(deadline("r1", 30s, no_answer{"anna"})), "");
    EXPECT_EQ(asked.then_cancelled(), "");
    EXPECT_EQ(asked.then_instance("r1", &dispatch::driver_asked, "anna"), "");
    EXPECT_EQ(asked.then_no_instance("r2"), "");
}

TEST(tested_process, leaves_what_was_given_out_of_what_followed) {
    auto asked = dispatching.given(on("ride-r1", requested{"anna"}));
    EXPECT_EQ(asked.when(time_passes(29s)).then_nothing(), "");
    EXPECT_EQ(asked.when(on("driver-anna", accepted{"r1"})).then_commands(), "");
    EXPECT_EQ(asked.then_cancelled(cancelled<no_answer>("r1")), "");
    EXPECT_EQ(asked.then_waiting(), "");
    EXPECT_EQ(asked.then_instance("r1", &dispatch::is_accepted, true), "");
    EXPECT_EQ(asked.when(time_passes(24h)).then_commands(), "") << "and it is not reached any more";
}

TEST(tested_process, reaches_a_deadline_when_its_time_has_passed_and_not_before) {
    const auto asked = [] { return dispatching.given(on("ride-r1", requested{"anna"})); };
    const auto late = on("ride-r1", given_up{"anna does not answer"});
    EXPECT_EQ(asked().when(time_passes(30s)).then_commands(late), "");
    EXPECT_EQ(asked().when_deadline_is_due().then_commands(late), "");
    EXPECT_EQ(asked().when_deadline_is_due().then_no_instance("r1"), "");
    EXPECT_EQ(asked().when(time_passes(30s - 10us)).then_nothing(), "");
    EXPECT_EQ(asked().when_restarted().when_deadline_is_due().then_commands(late), "") << "nor is it lost";
}

TEST(tested_process, tells_of_refusals_and_of_what_they_lead_to) {
    EXPECT_EQ(dispatching.given(on("driver-anna", offered{"r0"}))
                  .when(on("ride-r1", requested{"anna"}))
                  .then_commands(refused("driver-anna", "busy"), on("ride-r1", given_up{"anna is busy with r0"})),
              "");
}

TEST(tested_process, names_what_differs) {
    auto asked = dispatching.when(on("ride-r1", requested{"anna"}), on("ride-r2", requested{"anna"}));
    EXPECT_EQ(asked.then_commands(on("driver-anna", offered{"r2"}), refused("driver-anna", "asleep")),
              "expected (-) and sent (+) commands differ:\n"
              "- driver-anna: rides.offered {\"ride\":\"r2\"}\n"
              "+ driver-anna: rides.offered {\"ride\":\"r1\"}\n"
              "- driver-anna refuses: asleep\n"
              "+ driver-anna refuses: busy with r1\n"
              "+ ride-r2: rides.given_up {\"why\":\"anna is busy with r1\"}");
    EXPECT_EQ(asked.then_waiting(deadline("r1", 1min, no_answer{"berta"})),
              "expected (-) and waiting (+) deadlines differ:\n"
              "- r1: rides.no_answer {\"driver\":\"berta\"}, 1min after its event\n"
              "+ r1: rides.no_answer {\"driver\":\"anna\"}, 30s after its event");
    EXPECT_EQ(asked.then_cancelled(), "expected (-) and cancelled (+) deadlines differ:\n+ r2: rides.no_answer");
    EXPECT_EQ(asked.then_instance("r1", &dispatch::timeouts, 2), "expected instance r1 to give 2, but it gives 0");
    EXPECT_EQ(asked.then_instance("r3", &dispatch::timeouts, 2), "there is no instance r3");
    EXPECT_EQ(asked.then_no_instance("r1"), "there is an instance r1");
    EXPECT_EQ(asked.then_stops(), "expected the process to stop, but it did all that it had to do");
    EXPECT_EQ(dispatching.when(on("ride-r1", requested{"anna"})).then_nothing(),
              "expected nothing, but:\n"
              "+ command: driver-anna: rides.offered {\"ride\":\"r1\"}\n"
              "+ deadline: r1: rides.no_answer {\"driver\":\"anna\"}, 30s after its event");
    EXPECT_EQ(dispatching.given().when_deadline_is_due().then_commands(),
              "nothing is as expected: no deadline waited that could be due");
}

/// Wakes a driver every hour, until nine in the evening; cannot bear a driver without a name.
class waking : public leftfold::process_manager<waking, requested> {
public:
    static constexpr auto process_name = "waking";
    using deadlines = leftfold::deadlines<no_answer>;
    static std::string correlate(const requested& e) { return e.driver.empty() ? "nobody" : e.driver; }
    void react(const requested& e, reaction& then) const {
        if (e.driver.empty()) throw std::runtime_error("whom?");
        then.schedule(1h, no_answer{"still"}, "next hour");
        then.schedule(leftfold::instant{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + 21h, no_answer{"end"},
                      "evening");
    }
    void react(const no_answer& e, reaction& then) const {
        if (e.driver == "end") return then.cancel("next hour");
        if (e.driver == "still") then.schedule(1h, no_answer{"still"}, "next hour");
        then.execute<driver>(then.key(), [](driver&) {});
    }
};

TEST(tested_process, reaches_each_deadline_on_the_way_at_its_time) {
    const tested_process<waking, driver> waker;
    auto woken = waker.given(on("ride-r1", requested{"anna"})).when(time_passes(3h + 1s));
    EXPECT_EQ(woken.then_commands(raised_nothing(), raised_nothing(), raised_nothing()), "");
    EXPECT_EQ(woken.then_commands(),
              "expected (-) and sent (+) commands differ:\n+ a command that raises nothing\n"
              "+ a command that raises nothing\n+ a command that raises nothing");
    const leftfold::instant nine{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 21h};
    EXPECT_EQ(woken.then_waiting(deadline("anna", 1h, no_answer{"still"}, "next hour"),
                                 deadline("anna", nine, no_answer{"end"}, "evening")),
              "");
    EXPECT_EQ(woken.then_waiting(deadline("anna", 1h, no_answer{"still"}, "next hour"),
                                 deadline("anna", nine + 1us, no_answer{"end"}, "evening")),
              "expected (-) and waiting (+) deadlines differ:\n"
              "  anna: \"next hour\" rides.no_answer {\"driver\":\"still\"}, 1h after its event\n"
              "- anna: \"evening\" rides.no_answer {\"driver\":\"end\"}, at 2026-01-01T21:00:00.000001Z\n"
              "+ anna: \"evening\" rides.no_answer {\"driver\":\"end\"}, at 2026-01-01T21:00:00Z");
    EXPECT_EQ(woken.when(time_passes(24h)).then_cancelled(cancelled("anna", "next hour")), "");
    EXPECT_EQ(woken.then_waiting(), "");
}

TEST(tested_process, says_at_which_event_the_process_stopped) {
    const tested_process<waking, driver> waker;
    auto stopped = waker.when(on("ride-r1", requested{""}));
    EXPECT_EQ(stopped.then_stops("whom?"), "");
    EXPECT_EQ(stopped.then_commands(),
              "nothing is as expected: the process stopped at rides.requested {\"driver\":\"\"} of ride-r1: whom?");
    EXPECT_EQ(stopped.then_stops("why?"),
              "expected a stop with \"why?\", but the process stopped at rides.requested {\"driver\":\"\"} of ride-r1: "
              "whom?");
    const tested_process<waking> without;
    EXPECT_EQ(without.when(on("ride-r1", requested{"anna"}), time_passes(1h)).then_stops("without the repository of"),
              "");
}

/// Answers itself for ever.
class restless : public leftfold::process_manager<restless, offered> {
public:
    static constexpr auto process_name = "restless";
    using deadlines = leftfold::deadlines<no_answer>;
    static std::string correlate(const offered& e) { return e.ride; }
    void react(const offered&, reaction& then) const { then.schedule(0s, no_answer{}); }
    void react(const no_answer&, reaction& then) const { then.schedule(0s, no_answer{}); }
};

TEST(tested_process, ends_a_process_that_never_comes_to_rest) {
    const tested_process<restless> endless;
    EXPECT_EQ(endless.when(on("driver-anna", offered{"r1"})).then_nothing(),
              "nothing is as expected: the process does not come to rest in 1000 steps");
}

TEST(tested_process, refuses_what_is_no_command) {
    EXPECT_THROW((void)dispatching.when().then_commands(time_passes(1s)), leftfold::error);
    EXPECT_THROW((void)dispatching.when().then_commands(on("driver-anna")), leftfold::error);
    EXPECT_THROW(refused("anna"), leftfold::error);
}

}  // namespace tested_process_test
