#include <gtest/gtest.h>

#include <stdexcept>

#include "leftfold/testing/given.hpp"
#include "rides/billing.hpp"
#include "rides/driver.hpp"

namespace rides_test {

using namespace rides;
using leftfold::testing::given;

TEST(rides, an_answer_and_the_end_of_its_time_race_in_the_drivers_own_stream) {
    EXPECT_EQ(given<driver>(offered{"r1"}).when(&driver::miss, "r1").then(missed{"r1"}), "");
    EXPECT_EQ(given<driver>(offered{"r1"}, accepted{"r1"}).when(&driver::miss, "r1").then(), "") << "the answer won";
    EXPECT_EQ(given<driver>(offered{"r1"}, missed{"r1"}).when(&driver::accept, "r1").then_throws<std::runtime_error>(),
              "");
}

TEST(rides, a_driver_has_one_ride_at_a_time) {
    EXPECT_EQ(given<driver>(offered{"r1"}).when(&driver::offer, "r2").then_throws<std::runtime_error>(), "");
    EXPECT_EQ(given<driver>(offered{"r1"}, missed{"r1"}).when(&driver::offer, "r2").then(offered{"r2"}), "");
    EXPECT_EQ(given<driver>(offered{"r1"}, accepted{"r1"}).when(&driver::free, "r2").then(), "") << "of another ride";
}

TEST(rides, a_bill_ends_with_the_fare_whatever_was_paid_before) {
    EXPECT_EQ(given<bill>(deposit_taken{"zoe", 500}).when(&bill::settle, 1800).then(charged{1300}), "");
    EXPECT_EQ(given<bill>(deposit_taken{"zoe", 500}).when(&bill::settle, 300).then(refunded{200}), "");
    EXPECT_EQ(given<bill>(deposit_taken{"zoe", 500}).when(&bill::settle, 0).then(refunded{500}), "");
    EXPECT_EQ(given<bill>(deposit_taken{"zoe", 500}, refunded{500}).when(&bill::settle, 0).then(), "") << "once";
}

}  // namespace rides_test
