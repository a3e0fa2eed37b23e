#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/framework/aggregate.hpp"

namespace rides {

// What can happen to a ride. Amounts are whole cents.

struct requested {
    static constexpr auto event_type = "rides.requested";
    std::string rider;
    std::int64_t deposit{};
    std::vector<std::string> nearby;  // the drivers who may be asked, nearest first
};
struct assigned {
    static constexpr auto event_type = "rides.assigned";
    std::string driver;
};
struct completed {
    static constexpr auto event_type = "rides.completed";
    std::string driver;
    std::int64_t fare{};
    std::int64_t minutes{};
};
struct rated {
    static constexpr auto event_type = "rides.rated";
    std::string driver;
    std::int64_t stars{};
};
struct cancelled {
    static constexpr auto event_type = "rides.cancelled";
    std::string why;
};
BOOST_DESCRIBE_STRUCT(requested, (), (rider, deposit, nearby))
BOOST_DESCRIBE_STRUCT(assigned, (), (driver))
BOOST_DESCRIBE_STRUCT(completed, (), (driver, fare, minutes))
BOOST_DESCRIBE_STRUCT(rated, (), (driver, stars))
BOOST_DESCRIBE_STRUCT(cancelled, (), (why))

class ride : public leftfold::aggregate<ride, requested, assigned, completed, rated, cancelled> {
public:
    static constexpr auto category = "ride";

    void request(std::string rider, std::int64_t deposit, std::vector<std::string> nearby) {
        raise(requested{std::move(rider), deposit, std::move(nearby)});
    }
    void assign(std::string driver) { raise(assigned{std::move(driver)}); }
    void complete(std::int64_t fare, std::int64_t minutes) {
        if (driver_.empty()) throw std::runtime_error("nobody drives this ride");
        raise(completed{driver_, fare, minutes});
    }
    void rate(std::int64_t stars) {
        if (!is_over_) throw std::runtime_error("this ride is not over");
        raise(rated{driver_, stars});
    }
    void cancel(std::string why) { raise(cancelled{std::move(why)}); }

private:
    friend aggregate;
    void apply(const requested&) {}
    void apply(const assigned& e) { driver_ = e.driver; }
    void apply(const completed&) { is_over_ = true; }
    void apply(const rated&) {}
    void apply(const cancelled&) {}

    std::string driver_{};
    bool is_over_{};
    BOOST_DESCRIBE_CLASS(ride, (), (), (), (driver_, is_over_))
};

}  // namespace rides
