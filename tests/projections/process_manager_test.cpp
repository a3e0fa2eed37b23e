#include "leftfold/projections/process_manager.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/read_models.hpp"
#include "projections/rides.hpp"

namespace process_manager_test {

using leftfold::errc;
using namespace std::chrono_literals;

class process_manager : public read_models::fixture {
protected:
    using dispatcher = leftfold::running_process<rides::dispatch>;

    /// An engine as a program makes one when it starts.
    struct program {
        explicit program(process_manager& of, leftfold::engine_options options = {})
            : engine(of.store_, std::move(options)),
              running(engine.add_process<rides::dispatch>({}, of.rides_, of.drivers_)) {}
        leftfold::projection_engine engine;
        dispatcher running;
    };

    int count(std::string_view text) { return rides::count_of(store_, text); }

    leftfold::event_store store_ = make_store();
    leftfold::repository<rides::ride> rides_{store_};
    leftfold::repository<rides::driver> drivers_{store_};
};

TEST_F(process_manager, notes_what_happens_to_one_thing_and_answers_with_commands) {
    program p(*this);
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    p.engine.catch_up();
    EXPECT_EQ(drivers_.load("anna")->version(), leftfold::version{1}) << "the ride was offered";
    drivers_.execute("anna", [](rides::driver& d) { d.accept(); });
    p.engine.catch_up();
    EXPECT_TRUE(p.running.find("r1")->is_accepted()) << "an event of the driver's stream is one of the ride's process";
    EXPECT_EQ(p.running.find("r2"), std::nullopt);
    EXPECT_EQ(p.running.count(), 1U);
}

TEST_F(process_manager, says_what_caused_a_command_and_in_which_conversation) {
    program p(*this);
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); }, {.correlation = "call 7", .actor = "bob"});
    p.engine.catch_up();
    const auto trigger = store_.read_stream({"ride", "r1"}).front();
    const auto offer = store_.read_stream({"driver", "anna"}).front();
    EXPECT_EQ(offer.metadata.find(leftfold::header_name::causation_id), to_string(trigger.id));
    EXPECT_EQ(offer.metadata.find(leftfold::header_name::correlation_id), "call 7");
    EXPECT_EQ(offer.metadata.find(leftfold::header_name::actor), "bob");
    clock_->advance(31s);
    p.engine.catch_up();
    const auto given_up = store_.read_stream({"ride", "r1"}).back();
    EXPECT_EQ(given_up.type, rides::given_up::event_type);
    EXPECT_EQ(given_up.metadata.find(leftfold::header_name::correlation_id), "call 7") << "a deadline stays in it";
}

TEST_F(process_manager, runs_on_a_thread_of_its_own) {
    program p(*this);
    p.engine.start();
    const auto done = rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    p.engine.wait_for<rides::dispatch>(done.position);
    EXPECT_EQ(count("rides.offered"), 1);
    EXPECT_EQ(p.engine.status<rides::dispatch>().name, "dispatch");
    EXPECT_EQ(p.engine.status().size(), 1U);
}

TEST_F(process_manager, does_nothing_about_what_was_recorded_before_it_began) {
    rides_.execute("old", [](rides::ride& r) { r.request("anna"); });
    {
        program p(*this);
        p.engine.catch_up();
        EXPECT_EQ(p.running.count(), 0U);
    }
    rides_.execute("r1", [](rides::ride& r) { r.request("berta"); });
    program again(*this);
    again.engine.catch_up();
    EXPECT_EQ(again.running.count(), 1U) << "but about all since, running or not";
    EXPECT_EQ(count("rides.offered"), 1);
}

TEST_F(process_manager, begins_where_it_is_told) {
    rides_.execute("old", [](rides::ride& r) { r.request("anna"); });
    leftfold::projection_engine engine{store_};
    engine.add_process<rides::dispatch>({.start = leftfold::start_at::earliest()}, rides_, drivers_);
    engine.catch_up();
    EXPECT_EQ(count("rides.offered"), 1);
}

TEST_F(process_manager, cannot_begin_while_the_store_takes_no_events_and_can_be_added_when_it_does) {
    leftfold::projection_engine engine{store_};
    const auto add = [&] { engine.add_process<rides::dispatch>({}, rides_, drivers_); };
    clock_->set_wall(clock_->now() + 24h);
    EXPECT_EQ(read_models::code_of(add), errc::clock_jump);
    store_.accept_clock();
    add();
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    engine.catch_up();
    EXPECT_EQ(count("rides.offered"), 1);
}

TEST_F(process_manager, that_has_begun_is_added_and_waits_while_the_store_takes_no_events) {
    { const program begun(*this); }
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    clock_->set_wall(clock_->now() + 24h);
    program p(*this);
    while (p.engine.step()) continue;
    EXPECT_EQ(p.engine.status().front().attempts, 0U) << p.engine.status().front().failure;
    store_.accept_clock();
    clock_->advance(1s);
    p.engine.catch_up();
    EXPECT_EQ(count("rides.offered"), 1);
}

TEST_F(process_manager, notes_again_after_a_restart_and_reacts_only_to_what_is_new) {
    {
        program p(*this);
        rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
        p.engine.catch_up();
    }
    const auto before = rides::all_events(store_);
    {
        program p(*this);
        p.engine.catch_up();
        EXPECT_EQ(p.running.find("r1")->driver_asked(), "anna");
        EXPECT_EQ(p.running.deadlines().size(), 1U);
    }
    EXPECT_EQ(rides::all_events(store_), before);
}

TEST_F(process_manager, does_nothing_twice_when_its_checkpoint_is_lost) {
    {
        program p(*this);
        rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
        rides_.execute("r2", [](rides::ride& r) { r.request("anna"); });
        p.engine.catch_up();
    }
    const auto before = rides::all_events(store_);
    store_.checkpoints().drop("process.dispatch");
    drivers_.execute("anna", [](rides::driver& d) { d.accept(); });
    program p(*this);
    p.engine.catch_up();
    EXPECT_EQ(rides::all_events(store_).size(), before.size() + 2) << "the answer, and that its deadline is cancelled";
    EXPECT_EQ(count("rides.offered"), 1);
    EXPECT_EQ(count("rides.given_up"), 1);
}

TEST_F(process_manager, hears_that_an_aggregate_refused) {
    program p(*this);
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    rides_.execute("r2", [](rides::ride& r) { r.request("anna"); });
    p.engine.catch_up();
    EXPECT_EQ(count("rides.offered"), 1);
    EXPECT_EQ(count(R"(ride-r2 2 rides.given_up {"why":"anna is busy with r1"})"), 1);
    EXPECT_EQ(p.running.find("r2"), std::nullopt) << "finished, so forgotten";
    EXPECT_EQ(p.running.deadlines().size(), 1U) << "and its deadline is cancelled";
}

/// Does not want to hear of refusals.
class deaf : public leftfold::process_manager<deaf, rides::requested> {
public:
    static constexpr auto process_name = "deaf";
    static std::string correlate(const rides::requested&, const leftfold::recorded& at) { return at.key(); }
    void react(const rides::requested& e, reaction& then) const {
        then.execute<rides::driver>(e.driver, [ride = then.key()](rides::driver& d) { d.offer(ride); });
    }
};

TEST_F(process_manager, stops_at_a_refusal_that_it_does_not_want_to_hear_of) {
    leftfold::projection_engine engine{store_};
    engine.add_process<deaf>({}, drivers_);
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    rides_.execute("r2", [](rides::ride& r) { r.request("anna"); });
    std::string text;
    EXPECT_EQ(read_models::code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("driver-anna refused command 0: busy with r1"), std::string::npos) << text;
    EXPECT_EQ(engine.status<deaf>().state, leftfold::projection_state::stopped);
    EXPECT_EQ(engine.status<deaf>().attempts, 6);
    EXPECT_EQ(count("rides.offered"), 1) << "and what came before has been done";
}

TEST_F(process_manager, says_which_repository_is_missing) {
    leftfold::projection_engine engine{store_};
    engine.add_process<deaf>({.retries = {.count = 0}});
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    std::string text;
    EXPECT_EQ(read_models::code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("process deaf was added without the repository of driver"), std::string::npos) << text;
}

/// Gives each ride to two drivers, and cannot bear a third ride.
class generous : public leftfold::process_manager<generous, rides::requested> {
public:
    static constexpr auto process_name = "generous";
    static std::string correlate(const rides::requested&) { return "all"; }
    void apply(const rides::requested&) { ++rides; }
    void react(const rides::requested& e, reaction& then) const {
        if (rides == 3) throw std::runtime_error("three are too many");
        for (const auto* twin : {"a", "b"})
            then.execute<rides::driver>(e.driver + twin, [ride = then.at().key()](rides::driver& d) { d.offer(ride); });
    }
    int rides = 0;
};

TEST_F(process_manager, notes_an_event_once_however_often_it_is_tried) {
    leftfold::projection_engine engine{store_};
    const auto running = engine.add_process<generous>({}, drivers_);
    for (const auto* key : {"1", "2", "3"})
        rides_.execute(key, [&](rides::ride& r) { r.request(std::string("driver") + key); });
    EXPECT_EQ(read_models::code_of([&] { engine.catch_up(); }), errc::projection_stopped);
    EXPECT_EQ(running.find("all")->rides, 2) << "two events with one key are noted and answered one after the other";
    EXPECT_EQ(count("rides.offered"), 4);
}

TEST_F(process_manager, stops_rather_than_do_more_than_its_limits_allow) {
    leftfold::projection_engine engine{store_};
    engine.add_process<generous>({.retries = {.count = 0}, .commands_max = 1}, drivers_);
    engine.add_process<rides::dispatch>({.retries = {.count = 0}, .instances_max = 1}, rides_, drivers_);
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    rides_.execute("r2", [](rides::ride& r) { r.request("berta"); });
    while (engine.step()) continue;
    EXPECT_NE(engine.status<generous>().failure.find("process_options::commands_max is 1"), std::string::npos);
    EXPECT_NE(engine.status<rides::dispatch>().failure.find("process_options::instances_max"), std::string::npos);
    EXPECT_EQ(count("rides.offered"), 1);
}

TEST_F(process_manager, stops_rather_than_keep_more_deadlines_than_its_limit_allows) {
    leftfold::projection_engine engine{store_};
    const auto running =
        engine.add_process<rides::dispatch>({.retries = {.count = 0}, .deadlines_max = 2}, rides_, drivers_);
    for (const auto* key : {"r1", "r2", "r3"})
        rides_.execute(key, [&](rides::ride& r) { r.request(std::string("driver of ") + key); });
    while (engine.step()) continue;
    EXPECT_NE(engine.status<rides::dispatch>().failure.find("process_options::deadlines_max is 2"), std::string::npos);
    EXPECT_EQ(running.deadlines().size(), 2U);
}

/// Asks for another answer each time that it is asked.
class nagging : public leftfold::process_manager<nagging, rides::requested> {
public:
    static constexpr auto process_name = "nagging";
    using deadlines = leftfold::deadlines<rides::no_answer>;
    static std::string correlate(const rides::requested& e) { return e.driver; }
    void react(const rides::requested& e, reaction& then) const { then.schedule(30s, rides::no_answer{e.driver}); }
    void react(const rides::no_answer&, reaction&) const {}
};

TEST_F(process_manager, may_set_a_deadline_anew_when_it_has_as_many_as_it_may) {
    leftfold::projection_engine engine{store_};
    const auto running = engine.add_process<nagging>({.retries = {.count = 0}, .deadlines_max = 2});
    for (const auto* driver : {"anna", "berta", "anna", "berta"}) {
        rides_.execute(std::string("r") + driver, [&](rides::ride& r) { r.request(driver); });
        engine.catch_up();
    }
    EXPECT_EQ(running.deadlines().size(), 2U);
    rides_.execute("r3", [](rides::ride& r) { r.request("carla"); });
    EXPECT_EQ(read_models::code_of([&] { engine.catch_up(); }), errc::projection_stopped);
}

TEST_F(process_manager, refuses_a_second_of_its_name) {
    program p(*this);
    EXPECT_EQ(read_models::code_of([&] { p.engine.add_process<rides::dispatch>({}, rides_, drivers_); }),
              errc::name_collision);
}

/// Whose key is now and then none that a stream may have.
class nameless : public leftfold::process_manager<nameless, rides::requested> {
public:
    static constexpr auto process_name = "nameless";
    static std::optional<std::string> correlate(const rides::requested& e) {
        if (e.driver == "nobody") return std::nullopt;
        return e.driver == "empty" ? "" : e.driver;
    }
    void apply(const rides::requested&) {}
};

TEST_F(process_manager, passes_over_what_concerns_no_instance_and_stops_at_a_key_that_is_none) {
    leftfold::projection_engine engine{store_};
    const auto running = engine.add_process<nameless>({.retries = {.count = 0}});
    rides_.execute("1", [](rides::ride& r) { r.request("nobody"); });
    rides_.execute("2", [](rides::ride& r) { r.request("anna"); });
    engine.catch_up();
    EXPECT_EQ(running.count(), 1U);
    rides_.execute("3", [](rides::ride& r) { r.request("empty"); });
    EXPECT_EQ(read_models::code_of([&] { engine.catch_up(); }), errc::projection_stopped);
}

/// What a kill looks like from inside: it is no std::exception.
struct kill {};

/// What happens around the process in the tests of kills: three rides, one of them for a driver who is busy, an answer,
/// and a timeout.
class killed_process : public process_manager {
protected:
    using maker = std::function<leftfold::event_store()>;

    /// Where a program keeps its store: `open` opens it, again if need be.
    void begin(maker open) {
        open_ = std::move(open);
        open_store();
        p_ = std::make_unique<program>(*this, leftfold::engine_options{.failpoint = failpoint_});
    }
    void open_store() {
        store_ = open_();
        rides_ = leftfold::repository<rides::ride>{store_};
        drivers_ = leftfold::repository<rides::driver>{store_};
    }
    /// Ends the program, lets go of the store, and starts again.
    void restart() {
        p_.reset();
        rides_ = leftfold::repository<rides::ride>{nowhere_};
        drivers_ = leftfold::repository<rides::driver>{nowhere_};
        store_ = make_store();
        open_store();
        p_ = std::make_unique<program>(*this, leftfold::engine_options{.failpoint = failpoint_});
    }
    void work() {
        try {
            p_->engine.catch_up();
        } catch (const kill&) {
            restart();
            p_->engine.catch_up();
        }
    }

    /// Runs the story, killed at the n-th time that the process comes between two durable steps; returns the events.
    std::vector<std::string> run(int n, maker open) {
        steps_ = n;
        was_killed_ = false;
        clock_->set_wall(start_);
        begin(std::move(open));
        rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
        rides_.execute("r2", [](rides::ride& r) { r.request("anna"); });
        rides_.execute("r3", [](rides::ride& r) { r.request("berta"); });
        work();
        drivers_.execute("anna", [](rides::driver& d) { d.accept(); });
        work();
        clock_->advance(31s);
        work();
        auto events = rides::all_events(store_);
        restart();
        p_->engine.catch_up();
        EXPECT_TRUE(p_->running.find("r1")->is_accepted());
        EXPECT_EQ(p_->running.count(), 1U) << "r2 was refused and r3 not answered";
        EXPECT_EQ(p_->running.deadlines().size(), 0U);
        EXPECT_EQ(rides::all_events(store_), events) << "nothing is left to do";
        return events;
    }
    /// Kills at every step in turn. `fresh(n)` says how the store of the n-th run is opened.
    void kill_everywhere(const std::function<maker(int)>& fresh) {
        const auto expected = run(-1, fresh(0));
        EXPECT_EQ(expected.size(), 16U);
        int n = 1;
        for (; n == 1 || was_killed_; ++n) EXPECT_EQ(run(n, fresh(n)), expected) << "killed at step " << n;
        EXPECT_GE(n, 30) << "so many there are";
    }

    leftfold::event_store nowhere_ = make_store();
    leftfold::instant start_ = clock_->now();
    maker open_;
    int steps_ = -1;
    bool was_killed_ = false;
    std::function<void(std::string_view)> failpoint_ = [this](std::string_view) {
        if (--steps_ != 0) return;
        was_killed_ = true;
        throw kill{};
    };
    std::unique_ptr<program> p_;
};

TEST_F(killed_process, comes_to_the_same_log_killed_between_any_two_durable_steps) {
    kill_everywhere([&](int) {
        const auto kept = std::make_shared<leftfold::event_store>(make_store());
        return [kept] { return leftfold::event_store(kept->core()); };
    });
}

TEST_F(killed_process, comes_to_the_same_log_when_the_store_is_opened_again_from_its_files) {
    kill_everywhere([&](int n) {
        return [this, n] {
            return leftfold::open_sqlite(directory_ / ("rides" + std::to_string(n) + ".store"),
                                         {.partitions = 2, .store = store_options_});
        };
    });
}

}  // namespace process_manager_test
