#include <gtest/gtest.h>

#include "hybrid_clock.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold {
namespace {

/// A store that crashes goes on from its saved bound. Were the bound a minute ahead of that each time, five crashes in
/// a row would put the clock further ahead of the wall clock than it may be.
TEST(hybrid_clock, a_thousand_crashes_in_a_row_do_not_carry_it_out_of_its_limits) {
    testing::manual_clock wall;
    const store_limits limits;
    auto bound = recorded_at::from_micros(0);
    auto last = bound;
    for (int crash = 0; crash != 1'000; ++crash) {
        hybrid_clock clock(wall, limits, std::max(last, bound), bound);
        if (const auto wanted = clock.wanted_bound()) {
            bound = *wanted;
            clock.raise_bound(bound);
        }
        const auto stamps = clock.reserve(partition_id(0), 10);
        ASSERT_EQ(stamps.refused, errc::ok) << "after " << crash << " crashes";
        ASSERT_GT(stamps.first, last);
        last = recorded_at::from_micros(stamps.first.micros() + 9);
        wall.advance(std::chrono::milliseconds{1});
    }
}

}  // namespace
}  // namespace leftfold
