#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

#include "leftfold/projections/projection_engine.hpp"
#include "rides/driver.hpp"
#include "rides/ride.hpp"

namespace rides {

// The third consumer, driver analytics, was thought of late. A read model is folded from the first event, whenever it
// is added; and it takes events of two aggregates, in the order in which they happened.

struct earning {
    std::string driver;
    std::int64_t rides{};
    std::int64_t cents{};
    std::int64_t minutes{};
    std::int64_t missed{};
};
BOOST_DESCRIBE_STRUCT(earning, (), (driver, rides, cents, minutes, missed))

class earnings : public leftfold::projection<earnings, completed, missed> {
public:
    static constexpr auto projection_name = "earnings";
    using ignored = leftfold::ignores_others;
    leftfold::table<earning, &earning::driver> rows{*this, "earnings"};

    void on(const completed& e) {
        auto& row = of(e.driver);
        row.rides += 1;
        row.cents += e.fare;
        row.minutes += e.minutes;
    }
    void on(const missed&, const leftfold::recorded& at) { of(at.key()).missed += 1; }

private:
    earning& of(const std::string& driver) {
        if (!rows.find(driver)) rows.insert({.driver = driver});
        return rows.at(driver);
    }
};

}  // namespace rides
