#pragma once
// A small ride service: what the tests of processes run. A ride is offered to one driver, who has half a minute.

#include <boost/describe/class.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "leftfold/projections/projection_engine.hpp"

namespace rides {

using namespace std::chrono_literals;

struct requested {
    static constexpr auto event_type = "rides.requested";
    std::string driver;
};
struct given_up {
    static constexpr auto event_type = "rides.given_up";
    std::string why;
};
struct offered {
    static constexpr auto event_type = "rides.offered";
    std::string ride;
};
struct accepted {
    static constexpr auto event_type = "rides.accepted";
    std::string ride;
};
BOOST_DESCRIBE_STRUCT(requested, (), (driver))
BOOST_DESCRIBE_STRUCT(given_up, (), (why))
BOOST_DESCRIBE_STRUCT(offered, (), (ride))
BOOST_DESCRIBE_STRUCT(accepted, (), (ride))

class ride : public leftfold::aggregate<ride, requested, given_up> {
public:
    static constexpr auto category = "ride";
    void request(std::string driver) { raise(requested{std::move(driver)}); }
    void give_up(std::string why) { raise(given_up{std::move(why)}); }

private:
    friend aggregate;
    void apply(const requested&) {}
    void apply(const given_up&) {}
};

class driver : public leftfold::aggregate<driver, offered, accepted> {
public:
    static constexpr auto category = "driver";
    void offer(std::string ride) {
        if (!ride_.empty()) throw std::runtime_error("busy with " + ride_);
        raise(offered{std::move(ride)});
    }
    void accept() { raise(accepted{ride_}); }

private:
    friend aggregate;
    void apply(const offered& e) { ride_ = e.ride; }
    void apply(const accepted&) {}
    std::string ride_;
};

/// The driver did not answer in time.
struct no_answer {
    static constexpr auto event_type = "rides.no_answer";
    std::string driver;
};
BOOST_DESCRIBE_STRUCT(no_answer, (), (driver))

class dispatch : public leftfold::process_manager<dispatch, requested, accepted, given_up> {
public:
    static constexpr auto process_name = "dispatch";
    using deadlines = leftfold::deadlines<no_answer>;

    static std::string correlate(const requested&, const leftfold::recorded& at) { return at.key(); }
    static std::string correlate(const accepted& e) { return e.ride; }
    static std::string correlate(const given_up&, const leftfold::recorded& at) { return at.key(); }

    void apply(const requested& e) { driver_ = e.driver; }
    void react(const requested& e, reaction& then) const {
        then.schedule(30s, no_answer{e.driver});
        then.execute<driver>(e.driver, [ride = then.key()](driver& d) { d.offer(ride); });
    }

    void apply(const accepted&) { is_accepted_ = true; }
    void react(const accepted&, reaction& then) const { then.cancel<no_answer>(); }

    void apply(const no_answer&) { ++timeouts_; }
    void react(const no_answer& late, reaction& then) const {
        then.execute<ride>(then.key(), [why = late.driver + " does not answer"](ride& r) { r.give_up(why); });
    }

    void react(const leftfold::command_refused& refused, reaction& then) const {
        then.execute<ride>(then.key(), [why = refused.key + " is " + refused.why](ride& r) { r.give_up(why); });
    }

    void apply(const given_up&) { is_over_ = true; }
    bool is_finished() const { return is_over_; }

    const std::string& driver_asked() const { return driver_; }
    bool is_accepted() const { return is_accepted_; }
    int timeouts() const { return timeouts_; }

private:
    std::string driver_;
    bool is_accepted_ = false;
    bool is_over_ = false;
    int timeouts_ = 0;
};

/// Writes every event of a store, stream by stream: `ride-1 1 rides.requested {"driver":"anna"}`.
inline std::vector<std::string> all_events(leftfold::event_store& store) {
    std::vector<std::string> lines;
    store.read_all(leftfold::cut(store.partitions()), store.heads(), {}, leftfold::payloads::read,
                   [&](const leftfold::event_view& event) {
                       lines.push_back(std::string(event.category) + "-" + std::string(event.key) + " " +
                                       std::to_string(event.version.value()) + " " + std::string(event.type) + " " +
                                       std::string(event.payload));
                       return true;
                   });
    std::sort(lines.begin(), lines.end());
    return lines;
}

/// How many events of a store, as all_events() writes them, hold the text.
inline int count_of(leftfold::event_store& store, std::string_view text) {
    const auto all = all_events(store);
    return static_cast<int>(
        std::ranges::count_if(all, [&](const auto& line) { return line.find(text) != std::string::npos; }));
}

}  // namespace rides
