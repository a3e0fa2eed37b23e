#include <gtest/gtest.h>

#include "hybrid_clock.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold {
namespace crashing_clock_test {

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

TEST(hybrid_clock, a_group_in_doubt_holds_its_times_open_and_is_named_while_it_is_the_one_that_does) {
    testing::manual_clock wall;
    hybrid_clock clock(wall, store_limits{}, recorded_at::from_micros(0), recorded_at::max());
    const auto doubtful = clock.reserve(partition_id(2), 3);
    EXPECT_EQ(clock.state().held_by, std::nullopt) << "in flight, as any other";
    clock.doubt(partition_id(2));
    const auto behind = recorded_at::from_micros(doubtful.first.micros() - 1);
    EXPECT_EQ(clock.state(), (closed_state{behind, partition_id(2)}));
    wall.advance(std::chrono::seconds{1});
    static_cast<void>(clock.reserve(partition_id(1), 1));
    clock.release(partition_id(1));
    EXPECT_EQ(clock.close(recorded_at::from_micros(wall.wall_us())), behind);
    clock.release(partition_id(2));
    EXPECT_EQ(clock.state().held_by, std::nullopt);
    EXPECT_GT(clock.closed(), doubtful.first);
}

}  // namespace crashing_clock_test
}  // namespace leftfold
