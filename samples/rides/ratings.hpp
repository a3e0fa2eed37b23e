#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

#include "leftfold/projections/projection_engine.hpp"
#include "rides/ride.hpp"

namespace rides {

// The second consumer is looked at, so it is a read model, and one with a past: what was anna's rating last week?

struct rating {
    std::string driver;
    std::int64_t rides{};
    std::int64_t stars{};  // of all these rides together
};
BOOST_DESCRIBE_STRUCT(rating, (), (driver, rides, stars))

class ratings : public leftfold::projection<ratings, rated> {
public:
    static constexpr auto projection_name = "ratings";
    using ignored = leftfold::ignores_others;
    leftfold::table<rating, &rating::driver> rows{*this, "ratings", {.history = true}};

    void on(const rated& e) {
        if (!rows.find(e.driver)) rows.insert({e.driver, 0, 0});
        auto& row = rows.at(e.driver);
        row.rides += 1;
        row.stars += e.stars;
    }
};

}  // namespace rides
