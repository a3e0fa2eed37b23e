#include "leftfold/storage/observer.hpp"

#include <gtest/gtest.h>

namespace observer_test {

using namespace leftfold;

std::string printed_by(observe what) {
    const auto observer = make_stderr_observer(what);
    const stream_id stream("account", "alice");
    ::testing::internal::CaptureStderr();
    observer->on_append({.last = {partition_id{1}, offset{9}}, .events = 2, .repeated = false});
    observer->on_group_commit({.partition = partition_id{1},
                               .appends = 3,
                               .events = 4,
                               .bytes = 500,
                               .took = std::chrono::microseconds{170}});
    observer->on_conflict({.stream = stream, .expected = version{3}, .actual = version{5}});
    observer->on_warning("the disk is nearly full");
    return ::testing::internal::GetCapturedStderr();
}

TEST(stderr_observer, writes_a_line_for_each_warning_and_conflict) {
    EXPECT_EQ(printed_by(observe::warnings),
              "leftfold: conflict on account-alice: expected version 3, found 5\n"
              "leftfold: warning: the disk is nearly full\n");
}

TEST(stderr_observer, writes_group_commits_too_when_asked) {
    EXPECT_EQ(printed_by(observe::everything),
              "leftfold: partition 1: 3 appends, 4 events, 500 bytes committed in 170 us\n"
              "leftfold: conflict on account-alice: expected version 3, found 5\n"
              "leftfold: warning: the disk is nearly full\n");
}

}  // namespace observer_test
