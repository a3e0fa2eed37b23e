#pragma once

#include <boost/describe/class.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "leftfold/framework/aggregate.hpp"

namespace rides {

// What can happen to a driver.

struct offered {
    static constexpr auto event_type = "rides.offered";
    std::string ride;
};
struct accepted {
    static constexpr auto event_type = "rides.accepted";
    std::string ride;
};
struct missed {
    static constexpr auto event_type = "rides.missed";
    std::string ride;
};
struct freed {
    static constexpr auto event_type = "rides.freed";
    std::string ride;
};
BOOST_DESCRIBE_STRUCT(offered, (), (ride))
BOOST_DESCRIBE_STRUCT(accepted, (), (ride))
BOOST_DESCRIBE_STRUCT(missed, (), (ride))
BOOST_DESCRIBE_STRUCT(freed, (), (ride))

class driver : public leftfold::aggregate<driver, offered, accepted, missed, freed> {
public:
    static constexpr auto category = "driver";

    void offer(std::string ride) {
        if (!ride_.empty()) throw std::runtime_error("busy with " + ride_);
        raise(offered{std::move(ride)});
    }
    void accept(std::string ride) {
        if (ride_ != ride) throw std::runtime_error("too late: " + ride + " is offered to somebody else");
        raise(accepted{std::move(ride)});
    }
    /// Takes an offer back that waits for its answer. When the answer and the end of the time race, whichever comes
    /// first into the driver's own stream has won.
    void miss(std::string ride) {
        if (ride_ == ride && !is_driving_) raise(missed{std::move(ride)});
    }
    void free(std::string ride) {
        if (ride_ == ride) raise(freed{std::move(ride)});
    }

private:
    friend aggregate;
    void apply(const offered& e) { ride_ = e.ride; }
    void apply(const accepted&) { is_driving_ = true; }
    void apply(const missed&) { ride_.clear(); }
    void apply(const freed&) {
        ride_.clear();
        is_driving_ = false;
    }

    std::string ride_{};
    bool is_driving_{};
    BOOST_DESCRIBE_CLASS(driver, (), (), (), (ride_, is_driving_))
};

}  // namespace rides
