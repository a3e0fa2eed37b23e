#pragma once

#include <boost/describe/class.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "rides/driver.hpp"
#include "rides/ride.hpp"

namespace rides {

constexpr std::chrono::minutes time_to_answer{2};

/// What dispatch tells itself when a driver's time is over.
struct no_answer {
    static constexpr auto event_type = "rides.no_answer";
    std::string driver;
};
BOOST_DESCRIBE_STRUCT(no_answer, (), (driver))

/// Finds a driver for each ride: asks one nearby driver after the other, and cancels the ride when none is left.
class dispatch : public leftfold::process_manager<dispatch, requested, accepted, missed, completed, cancelled> {
public:
    static constexpr auto process_name = "dispatch";
    using deadlines = leftfold::deadlines<no_answer>;

    static std::string correlate(const requested&, const leftfold::recorded& at) { return at.key(); }
    static std::string correlate(const accepted& e) { return e.ride; }
    static std::string correlate(const missed& e) { return e.ride; }
    static std::string correlate(const completed&, const leftfold::recorded& at) { return at.key(); }
    static std::string correlate(const cancelled&, const leftfold::recorded& at) { return at.key(); }

    void apply(const requested& e) { nearby_ = e.nearby; }
    void react(const requested&, reaction& then) const { ask_next(then); }

    void react(const accepted&, reaction& then) const {
        then.cancel<no_answer>();
        then.execute<ride>(then.key(), [who = then.at().key()](ride& r) { r.assign(who); });
    }

    void react(const no_answer& e, reaction& then) const {
        then.execute<driver>(e.driver, [what = then.key()](driver& d) { d.miss(what); });
    }
    void apply(const missed&) { ++asked_; }
    void react(const missed&, reaction& then) const { ask_next(then); }

    void apply(const leftfold::command_refused&) { ++asked_; }  // busy
    void react(const leftfold::command_refused&, reaction& then) const { ask_next(then); }

    void apply(const completed&) { is_over_ = true; }
    void react(const completed& e, reaction& then) const {
        then.execute<driver>(e.driver, [what = then.key()](driver& d) { d.free(what); });
    }

    void apply(const cancelled&) { is_over_ = true; }
    bool is_finished() const { return is_over_; }

private:
    void ask_next(reaction& then) const {
        if (asked_ == nearby_.size())
            return then.execute<ride>(then.key(), [](ride& r) { r.cancel("no driver is free"); });
        then.schedule(time_to_answer, no_answer{nearby_[asked_]});
        then.execute<driver>(nearby_[asked_], [what = then.key()](driver& d) { d.offer(what); });
    }

    std::vector<std::string> nearby_;
    std::size_t asked_ = 0;
    bool is_over_ = false;
};

}  // namespace rides
