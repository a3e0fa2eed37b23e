#include "lane.hpp"

#include <gtest/gtest.h>

namespace lane_test {

using leftfold::cut;
using leftfold::offset;
using leftfold::partition_id;
using leftfold::position;
using leftfold::detail::lane;
using action = leftfold::detail::lane::action;

cut at(std::int64_t first, std::int64_t second) { return cut({offset{first}, offset{second}}); }

const position poison{partition_id{0}, offset{3}};

class projection_lane : public testing::Test {
protected:
    lane lane_{
        {.count = 2, .first_wait = std::chrono::milliseconds{1}, .longest_wait = std::chrono::seconds{1}},
        {.restarts = 3, .first_wait = std::chrono::milliseconds{1}, .longest_wait = std::chrono::milliseconds{2}}};
};

TEST_F(projection_lane, folds_then_flushes_then_rests) {
    lane_.start_from(at(0, 0));
    EXPECT_EQ(lane_.next(at(0, 0), 0), action::rest);
    EXPECT_EQ(lane_.next(at(2, 0), 0), action::fold);
    lane_.folded(at(1, 0));
    EXPECT_EQ(lane_.next(at(2, 0), 0), action::flush) << "before it folds more";
    EXPECT_EQ(lane_.durable(), at(0, 0));
    lane_.flushed();
    EXPECT_EQ(lane_.durable(), at(1, 0));
    EXPECT_EQ(lane_.next(at(2, 0), 0), action::fold);
    lane_.folded(at(2, 0));
    lane_.flushed();
    EXPECT_EQ(lane_.next(at(2, 0), 0), action::rest);
}

TEST_F(projection_lane, flushes_what_was_folded_before_a_failure_then_backs_off_twice_as_long_each_time_then_stops) {
    lane_.start_from(at(0, 0));
    lane_.folded(at(2, 0));
    lane_.failed(poison, "why", 0);
    EXPECT_EQ(lane_.next(at(9, 9), 0), action::flush);
    lane_.flushed();
    EXPECT_EQ(lane_.next(at(9, 9), 999), action::back_off);
    EXPECT_EQ(lane_.next(at(9, 9), 1'000), action::fold);
    lane_.failed(poison, "why", 1'000);
    EXPECT_EQ(lane_.due_us(), 3'000);
    EXPECT_EQ(lane_.next(at(9, 9), 3'000), action::fold);
    lane_.failed(poison, "why", 3'000);
    EXPECT_EQ(lane_.next(at(9, 9), 1'000'000'000), action::stopped);
    EXPECT_EQ(lane_.failure(), "why");
}

TEST_F(projection_lane, that_is_held_flushes_what_is_folded_and_nothing_more_until_it_goes_on) {
    lane_.start_from(at(0, 0));
    lane_.folded(at(1, 0));
    lane_.hold();
    EXPECT_EQ(lane_.next(at(9, 9), 0), action::flush);
    lane_.flushed();
    EXPECT_EQ(lane_.next(at(9, 9), 0), action::hold);
    lane_.failed(poison, "why", 0);
    lane_.go_on();
    EXPECT_EQ(lane_.next(at(9, 9), 0), action::back_off);
    lane_.forgive();
    EXPECT_EQ(lane_.next(at(9, 9), 0), action::fold);
}

TEST_F(projection_lane, comes_to_the_end_of_the_attempts_of_an_event_that_fails_by_turns_with_the_disk) {
    lane_.start_from(at(0, 0));
    lane_.failed(poison, "why", 0);
    lane_.failed(std::nullopt, "disk", 0);
    EXPECT_EQ(lane_.attempts(), 1);
    lane_.failed(poison, "why", 0);
    EXPECT_EQ(lane_.attempts(), 2);
    lane_.failed(std::nullopt, "disk", 0);
    EXPECT_FALSE(lane_.is_stopped());
    lane_.failed(poison, "why", 0);
    EXPECT_TRUE(lane_.is_stopped());
    EXPECT_EQ(lane_.failure(), "why");
}

TEST_F(projection_lane, remembers_the_event_that_failed_when_the_disk_has_failed_meanwhile) {
    lane_.start_from(at(0, 0));
    lane_.failed(poison, "why", 0);
    lane_.failed(std::nullopt, "disk", 0);
    lane_.folded(at(2, 0));
    lane_.flushed();
    EXPECT_EQ(lane_.attempts(), 1) << "of the event";
    lane_.folded(at(9, 9));
    lane_.flushed();
    EXPECT_EQ(lane_.attempts(), 0);
    EXPECT_EQ(lane_.failure(), "");
}

TEST_F(projection_lane, is_restarted_more_often_than_an_event_is_tried_and_waits_no_longer_than_it_may) {
    lane_.start_from(at(1, 0));
    for (const std::int64_t due : {1'000, 2'000, 2'000}) {
        lane_.failed(std::nullopt, "disk", 0);
        EXPECT_EQ(lane_.due_us(), due);
        EXPECT_FALSE(lane_.is_stopped());
    }
    lane_.failed(std::nullopt, "disk", 0);
    EXPECT_EQ(lane_.next(at(5, 0), 1'000'000), action::stopped);
}

TEST_F(projection_lane, counts_the_failures_of_each_event_apart) {
    lane_.start_from(at(0, 0));
    lane_.failed(poison, "first", 0);
    lane_.failed(poison, "first", 0);
    lane_.folded(at(5, 0));
    EXPECT_EQ(lane_.attempts(), 0) << "it is past";
    lane_.failed(position{partition_id{1}, offset{1}}, "second", 0);
    EXPECT_EQ(lane_.attempts(), 1);
    lane_.flushed();
    EXPECT_EQ(lane_.attempts(), 1) << "the event that failed is still ahead";
}

TEST_F(projection_lane, goes_back_to_what_is_durable_when_the_database_fails) {
    lane_.start_from(at(1, 0));
    lane_.folded(at(5, 0));
    lane_.start_from(lane_.durable());
    lane_.failed(std::nullopt, "disk", 0);
    EXPECT_EQ(lane_.folded(), at(1, 0));
    EXPECT_EQ(lane_.next(at(5, 0), 0), action::back_off);
    EXPECT_EQ(lane_.next(at(5, 0), 1'000), action::fold);
    lane_.folded(at(5, 0));
    lane_.flushed();
    EXPECT_EQ(lane_.attempts(), 0);
}

}  // namespace lane_test
