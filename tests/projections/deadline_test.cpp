#include <gtest/gtest.h>

#include <filesystem>

#include "deadline_book.hpp"
#include "leftfold/projections/processes_in.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/read_models.hpp"
#include "projections/rides.hpp"

namespace deadline_test {

using namespace std::chrono_literals;

class deadline : public read_models::fixture {
protected:
    struct program {
        explicit program(deadline& of)
            : engine(of.store_), running(engine.add_process<rides::dispatch>({}, of.rides_, of.drivers_)) {}
        leftfold::projection_engine engine;
        leftfold::running_process<rides::dispatch> running;
    };
    void request(const std::string& ride, const std::string& driver) {
        rides_.execute(ride, [&](rides::ride& r) { r.request(driver); });
    }
    void accept(const std::string& driver) {
        drivers_.execute(driver, [](rides::driver& d) { d.accept(); });
    }
    /// The keys of the deadlines that were reached, in the order of the log.
    std::vector<std::string> fired() {
        std::vector<std::string> keys;
        store_.read_all(leftfold::cut(store_.partitions()), store_.heads(), {.types = {"leftfold.deadline_due"}},
                        leftfold::payloads::skip, [&](const leftfold::event_view& event) {
                            keys.emplace_back(event.key);
                            return true;
                        });
        return keys;
    }
    using list = std::vector<std::string>;
    /// Takes steps until there is nothing to do; fails when that does not come.
    static void rest(leftfold::projection_engine& engine) {
        for (int steps = 0; engine.step(); ++steps) ASSERT_LT(steps, 1'000) << "it is busy with nothing";
    }

    leftfold::event_store store_ = make_store();
    leftfold::repository<rides::ride> rides_{store_};
    leftfold::repository<rides::driver> drivers_{store_};
};

TEST_F(deadline, is_delivered_once_when_its_time_has_come) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    ASSERT_EQ(p.running.deadlines().size(), 1U);
    EXPECT_EQ(p.running.deadlines()[0].name, "rides.no_answer");
    EXPECT_EQ(p.running.deadlines()[0].message, R"({"driver":"anna"})");
    clock_->advance(29s);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{});
    clock_->advance(2s);
    p.engine.catch_up();
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"});
    EXPECT_EQ(store_.head({"ride", "r1"}), leftfold::version{2}) << "the ride is given up, once";
    EXPECT_EQ(p.running.deadlines().size(), 0U);
    const auto told = leftfold::processes_in(store_);
    EXPECT_EQ(told.front().instances.front().deadlines_reached, 1U);
    EXPECT_EQ(told.front().deadlines_waiting, 0U);
}

TEST_F(deadline, is_met_in_the_order_in_which_they_are_due) {
    program p(*this);
    for (const auto* ride : {"r3", "r1", "r2"}) {
        request(ride, std::string("driver of ") + ride);
        clock_->advance(1s);
    }
    p.engine.catch_up();
    clock_->advance(1h);
    p.engine.catch_up();
    EXPECT_EQ(fired(), (list{"r3", "r1", "r2"}));
}

TEST_F(deadline, is_not_delivered_when_it_was_cancelled) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    accept("anna");
    p.engine.catch_up();
    EXPECT_EQ(p.running.deadlines().size(), 0U);
    clock_->advance(1h);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{});
}

TEST_F(deadline, loses_against_whatever_was_recorded_before_it) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    clock_->advance(29s);
    accept("anna");  // while the process sleeps
    clock_->advance(1h);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{}) << "the answer came in time, so the deadline never was";
}

TEST_F(deadline, stays_delivered_when_it_is_cancelled_afterwards) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    clock_->advance(31s);
    p.engine.catch_up();
    accept("anna");
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"});
    program again(*this);
    again.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"});
}

TEST_F(deadline, survives_a_restart_and_fires_when_it_became_due_meanwhile) {
    {
        program p(*this);
        request("r1", "anna");
        p.engine.catch_up();
    }
    clock_->advance(1h);
    program p(*this);
    EXPECT_EQ(fired(), list{}) << "not before the engine runs";
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"});
}

TEST_F(deadline, is_late_but_not_lost_when_the_clock_is_set_back) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    clock_->set_wall(clock_->now() - 1min);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{});
    clock_->advance(88s);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{});
    clock_->advance(3s);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"});
    clock_->set_wall(clock_->now() - 1min);
    p.engine.catch_up();
    clock_->advance(2min);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"}) << "not again when that time comes a second time";
}

TEST_F(deadline, is_not_early_after_a_kill_that_left_the_stores_clock_ahead) {
    store_ = leftfold::open_sqlite(directory_ / "live.store", {.store = store_options_});
    rides_ = leftfold::repository<rides::ride>{store_};
    drivers_ = leftfold::repository<rides::driver>{store_};
    {
        program p(*this);
        request("r1", "anna");
        p.engine.catch_up();
    }
    // What a kill leaves behind: nobody closes the store, and the next owner's clock goes on from the saved bound.
    std::filesystem::create_directory(directory_ / "left.store");
    for (const auto& file : std::filesystem::directory_iterator(directory_ / "live.store"))
        if (file.is_regular_file())
            std::filesystem::copy_file(file.path(), directory_ / "left.store" / file.path().filename());
    store_ = leftfold::open_sqlite(directory_ / "left.store", {.store = store_options_});
    rides_ = leftfold::repository<rides::ride>{store_};
    drivers_ = leftfold::repository<rides::driver>{store_};
    EXPECT_GT(store_.closed(), (leftfold::recorded_at{clock_->now() + 30s})) << "ahead, or this tests nothing";
    program p(*this);
    rest(p.engine);
    EXPECT_EQ(fired(), list{}) << "half a minute is not over";
    clock_->advance(31s);
    rest(p.engine);
    EXPECT_EQ(fired(), list{"r1"});
}

TEST_F(deadline, is_not_cancelled_by_an_earlier_event_that_is_gone_through_again) {
    struct killed {};
    drivers_.execute("anna", [](rides::driver& d) { d.offer("r1"); });
    {
        const auto kill = [](std::string_view step) {
            if (step == "deadlines are written") throw killed{};
        };
        leftfold::projection_engine engine{store_, {.failpoint = kill}};
        engine.add_process<rides::dispatch>({}, rides_, drivers_);
        accept("anna");  // nothing waits that this could cancel
        request("r1", "ben");
        EXPECT_THROW(engine.catch_up(), killed);
    }
    program p(*this);  // which goes through both again
    p.engine.catch_up();
    EXPECT_EQ(p.running.deadlines().size(), 1U);
    clock_->advance(31s);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"});
}

TEST_F(deadline, waits_while_nobody_believes_a_clock_that_jumped_forward) {
    program p(*this);
    request("r1", "anna");
    p.engine.catch_up();
    clock_->set_wall(clock_->now() + 24h);
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{}) << "a clock that jumped a day is no reason to give up a ride";
    EXPECT_NE(p.engine.status<rides::dispatch>().state, leftfold::projection_state::stopped);
    store_.accept_clock();
    p.engine.catch_up();
    EXPECT_EQ(fired(), list{"r1"}) << "an operator says that it is right";
}

/// Gives up after a moment.
class hasty : public leftfold::process_manager<hasty, rides::requested, rides::given_up> {
public:
    static constexpr auto process_name = "hasty";
    using deadlines = leftfold::deadlines<rides::no_answer>;
    static std::string correlate(const rides::requested&, const leftfold::recorded& at) { return at.key(); }
    static std::string correlate(const rides::given_up&, const leftfold::recorded& at) { return at.key(); }
    void react(const rides::requested&, reaction& then) const { then.schedule(20ms, rides::no_answer{}); }
    void apply(const rides::given_up&) {}
    void react(const rides::no_answer&, reaction& then) const {
        then.execute<rides::ride>(then.key(), [](rides::ride& r) { r.give_up("late"); });
    }
};

TEST_F(deadline, fires_without_another_event_when_the_engine_runs_by_itself) {
    store_ = leftfold::open_memory();  // under the real clock
    rides_ = leftfold::repository<rides::ride>{store_};
    drivers_ = leftfold::repository<rides::driver>{store_};
    leftfold::projection_engine engine{store_};
    engine.add_process<hasty>({}, rides_);
    engine.start();
    request("r1", "anna");
    for (int i = 0; i != 100 && store_.head({"ride", "r1"}) != leftfold::version{2}; ++i) {
        const auto seen = store_.heads();
        if (store_.head({"ride", "r1"}) != leftfold::version{2}) store_.wait_beyond(seen, 1s);
    }
    EXPECT_EQ(fired(), list{"r1"});
}

/// Waits as long as there is time.
class patient : public leftfold::process_manager<patient, rides::requested> {
public:
    static constexpr auto process_name = "patient";
    using deadlines = leftfold::deadlines<rides::no_answer>;
    static std::string correlate(const rides::requested&, const leftfold::recorded& at) { return at.key(); }
    void react(const rides::requested&, reaction& then) const {
        then.schedule(std::chrono::microseconds::max(), rides::no_answer{});
    }
    void react(const rides::no_answer&, reaction&) const {}
};

TEST_F(deadline, in_as_long_as_there_is_waits_until_the_last_time_there_is) {
    leftfold::projection_engine engine{store_};
    const auto running = engine.add_process<patient>({});
    request("r1", "anna");
    engine.catch_up();
    clock_->advance(24h);
    engine.catch_up();
    const auto waiting = running.deadlines();
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].due, leftfold::recorded_at::max().time());
}

/// What was once sent as a deadline, and means nothing any more.
struct reminder {
    static constexpr auto event_type = "rides.reminder";
};
BOOST_DESCRIBE_STRUCT(reminder, (), ())

class forgetful : public leftfold::process_manager<forgetful, rides::requested> {
public:
    static constexpr auto process_name = "forgetful";
    using deadlines = leftfold::deadlines<reminder>;
    static std::string correlate(const rides::requested&, const leftfold::recorded& at) { return at.key(); }
    void react(const rides::requested&, reaction& then) const { then.schedule(30s, reminder{}); }
    void react(const reminder&, reaction&) const { throw std::runtime_error("it was dropped"); }
};

TEST_F(deadline, of_which_an_upcaster_makes_nothing_is_passed_over) {
    leftfold::event_registry events;
    events.upcast("rides.reminder", [](const leftfold::raw_event&) { return std::vector<leftfold::raw_event>{}; });
    leftfold::projection_engine engine{store_};
    const auto running = engine.add_process<forgetful>({.retries = {.count = 0}, .events = events});
    request("r1", "anna");
    engine.catch_up();
    clock_->advance(1h);
    engine.catch_up();
    engine.catch_up();
    EXPECT_TRUE(running.deadlines().empty());
}

// The book by itself: the rule that a deadline is delivered unless an event before its deadline_due led to cancelling
// it.

using leftfold::detail::deadline_book;
leftfold::recorded_at at(std::int64_t us) { return leftfold::recorded_at::from_micros(us); }

TEST(deadline_book, delivers_what_was_cancelled_too_late_and_not_what_was_cancelled_in_time) {
    deadline_book book;
    book.set({.id = {"r1", "d", at(1)}, .due = at(50)});
    book.set({.id = {"r2", "d", at(2)}, .due = at(40)});
    ASSERT_EQ(book.due_by(at(50), 9).size(), 2U);
    EXPECT_EQ(book.due_by(at(50), 9)[0]->id.key, "r2");
    book.fired({"r1", "d", at(1)});
    book.fired({"r2", "d", at(2)});
    book.cancel("r1", "d", at(99));
    book.cancel("r2", "d", at(101));
    EXPECT_FALSE(book.is_delivered({"r1", "d", at(1)}, at(100)));
    EXPECT_TRUE(book.is_delivered({"r2", "d", at(2)}, at(100)));
    book.settle({"r2", "d", at(2)});
    EXPECT_FALSE(book.is_delivered({"r2", "d", at(2)}, at(100))) << "not twice";
}

TEST(deadline_book, lets_one_of_a_name_wait) {
    deadline_book book;
    book.set({.id = {"r1", "d", at(1)}, .due = at(50)});
    book.set({.id = {"r1", "d", at(2)}, .due = at(70)});
    book.set({.id = {"r1", "e", at(2)}, .due = at(60)});
    EXPECT_EQ(book.waiting(), 2U);
    EXPECT_EQ(book.names("r1", at(3)), (std::vector<std::string>{"d", "e"}));
    EXPECT_EQ(book.next(), at(60));
    book.cancel("r1", "e", at(3));
    EXPECT_EQ(book.next(), at(70));
    EXPECT_FALSE(book.is_delivered({"r1", "d", at(1)}, at(100)));
}

TEST(deadline_book, lets_no_event_cancel_what_a_later_one_has_set) {
    deadline_book book;
    book.set({.id = {"r1", "d", at(5)}, .due = at(50)});
    EXPECT_FALSE(book.has("r1", "d", at(4)));
    EXPECT_EQ(book.names("r1", at(4)), std::vector<std::string>{});
    book.cancel("r1", "d", at(4));
    EXPECT_EQ(book.next(), at(50));
    EXPECT_TRUE(book.has("r1", "d", at(6)));
}

}  // namespace deadline_test
