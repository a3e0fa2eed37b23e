// What a process takes for a refusal of its commands, and finds again however its event is tried.

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "leftfold/projections/process_manager.hpp"
#include "projections/read_models.hpp"
#include "projections/rides.hpp"

namespace process_refusal_test {

using namespace std::chrono_literals;

class refused_command : public read_models::fixture {
protected:
    int count(std::string_view text) { return rides::count_of(store_, text); }

    leftfold::event_store store_ = make_store();
    leftfold::repository<rides::ride> rides_{store_};
};

/// A door, which can be passed while it is open.
struct door_opened {
    static constexpr auto event_type = "door.opened";
};
struct door_passed {
    static constexpr auto event_type = "door.passed";
};
struct door_painted {
    static constexpr auto event_type = "door.painted";
};
BOOST_DESCRIBE_STRUCT(door_painted, (), ())
BOOST_DESCRIBE_STRUCT(door_opened, (), ())
BOOST_DESCRIBE_STRUCT(door_passed, (), ())

class door : public leftfold::aggregate<door, door_painted, door_opened, door_passed> {
public:
    static constexpr auto category = "door";
    void paint() { raise(door_painted{}); }
    void open() { raise(door_opened{}); }
    void pass() {
        if (!is_open_) throw std::runtime_error("it is closed");
        raise(door_passed{});
    }
    void apply(const door_opened&) { is_open_ = true; }
    void apply(const door_passed&) {}
    void apply(const door_painted&) {}

private:
    BOOST_DESCRIBE_CLASS(door, (), (), (), (is_open_))
    bool is_open_ = false;
};

/// Wants to go through the front door for each ride, and then does something else.
class visitor : public leftfold::process_manager<visitor, rides::requested> {
public:
    static constexpr auto process_name = "visitor";
    static std::string correlate(const rides::requested&, const leftfold::recorded& at) { return at.key(); }
    void react(const rides::requested&, reaction& then) const {
        then.execute<door>("front", [](door& d) { d.pass(); });
        then.execute<door>("back", [](door& d) {
            if (at_back_door != nullptr) std::exchange(at_back_door, nullptr)();
            d.open();
        });
    }
    void react(const leftfold::command_refused&, reaction&) const {}
    static inline std::function<void()> at_back_door{};
};

TEST_F(refused_command, is_not_what_a_state_said_that_was_overtaken) {
    leftfold::repository<door> doors{store_, {.resident_bytes = 1U << 20U}};
    leftfold::repository<door> others{store_};
    leftfold::projection_engine engine{store_};
    engine.add_process<visitor>({}, doors);
    others.execute("front", [](door& d) { d.paint(); });
    EXPECT_TRUE(doors.load("front")) << "closed, and resident";
    others.execute("front", [](door& d) { d.open(); });
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    engine.catch_up();
    EXPECT_EQ(count("door-front 3 door.passed"), 1);
    EXPECT_EQ(count("command_refused"), 0);
}

TEST_F(refused_command, stays_refused_after_the_clock_jumped_in_the_middle) {
    leftfold::repository<door> doors{store_};
    leftfold::projection_engine engine{store_};
    engine.add_process<visitor>({}, doors);
    engine.catch_up();
    rides_.execute("r1", [](rides::ride& r) { r.request("anna"); });
    visitor::at_back_door = [&] { clock_->set_wall(clock_->now() + 24h); };
    while (engine.step() && count("command_refused") == 0) continue;
    EXPECT_EQ(count("command_refused"), 1);
    store_.accept_clock();
    doors.execute("front", [](door& d) { d.open(); });
    clock_->advance(1s);
    engine.catch_up();
    EXPECT_EQ(count("door-back 1 door.opened"), 1) << "it went on";
    EXPECT_EQ(count("door.passed"), 0) << "what was refused stays refused";
    EXPECT_EQ(count("command_refused"), 1);
}

}  // namespace process_refusal_test
