#include "deadline.hpp"

#include <gtest/gtest.h>

namespace deadline_test {

using namespace leftfold;
using namespace std::chrono;

TEST(deadline, of_the_longest_wait_lies_in_the_future) {
    const auto now = steady_clock::now();
    EXPECT_GT(deadline_after(milliseconds::max()), now + hours{24 * 365});
    EXPECT_GT(deadline_after(microseconds::max()), now + hours{24 * 365});
    EXPECT_GT(deadline_after(hours::max()), now + hours{24 * 365});
}

TEST(deadline, of_a_wait_of_less_than_no_time_is_now) {
    const auto before = steady_clock::now();
    const auto deadline = deadline_after(milliseconds::min());
    EXPECT_GE(deadline, before);
    EXPECT_LE(deadline, steady_clock::now());
}

TEST(deadline, of_a_common_wait_is_as_far_away_as_was_said) {
    const auto before = steady_clock::now();
    const auto deadline = deadline_after(seconds{5});
    EXPECT_GE(deadline, before + seconds{5});
    EXPECT_LE(deadline, steady_clock::now() + seconds{5});
}

}  // namespace deadline_test
