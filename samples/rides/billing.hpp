#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "rides/ride.hpp"

namespace rides {

// The first consumer moves money, so it is a process: its commands are executed once, whatever is killed when.

struct deposit_taken {
    static constexpr auto event_type = "rides.deposit_taken";
    std::string rider;
    std::int64_t cents{};
};
struct charged {
    static constexpr auto event_type = "rides.charged";
    std::int64_t cents{};
};
struct refunded {
    static constexpr auto event_type = "rides.refunded";
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(deposit_taken, (), (rider, cents))
BOOST_DESCRIBE_STRUCT(charged, (), (cents))
BOOST_DESCRIBE_STRUCT(refunded, (), (cents))

/// What a rider pays for one ride.
class bill : public leftfold::aggregate<bill, deposit_taken, charged, refunded> {
public:
    static constexpr auto category = "bill";

    void take_deposit(std::string rider, std::int64_t cents) { raise(deposit_taken{std::move(rider), cents}); }
    /// Brings what was paid to what is owed: the fare of a ride, or nothing for one that never was.
    void settle(std::int64_t owed) {
        if (owed > paid_) raise(charged{owed - paid_});
        if (owed < paid_) raise(refunded{paid_ - owed});
    }

private:
    friend aggregate;
    void apply(const deposit_taken& e) { paid_ += e.cents; }
    void apply(const charged& e) { paid_ += e.cents; }
    void apply(const refunded& e) { paid_ -= e.cents; }

    std::int64_t paid_{};
    BOOST_DESCRIBE_CLASS(bill, (), (), (), (paid_))
};

class billing : public leftfold::process_manager<billing, requested, completed, cancelled> {
public:
    static constexpr auto process_name = "billing";

    template <class Event>
    static std::string correlate(const Event&, const leftfold::recorded& at) {
        return at.key();
    }

    void react(const requested& e, reaction& then) const {
        then.execute<bill>(then.key(), [e](bill& b) { b.take_deposit(e.rider, e.deposit); });
    }
    void react(const completed& e, reaction& then) const {
        then.execute<bill>(then.key(), [e](bill& b) { b.settle(e.fare); });
    }
    void react(const cancelled&, reaction& then) const {
        then.execute<bill>(then.key(), [](bill& b) { b.settle(0); });
    }

    void apply(const completed&) { is_over_ = true; }
    void apply(const cancelled&) { is_over_ = true; }
    bool is_finished() const { return is_over_; }

private:
    bool is_over_ = false;
};

}  // namespace rides
