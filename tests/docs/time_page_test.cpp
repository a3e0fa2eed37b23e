// The snippets of docs/time.md.
#include <gtest/gtest.h>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/world.hpp"

namespace time_page_test {

using namespace std::chrono_literals;
using leftfold::errc;
using leftfold::expected_version;
using leftfold::recorded_at;

const leftfold::stream_id alice("account", "alice");

std::vector<leftfold::event_data> deposit() {
    std::vector<leftfold::event_data> events;
    events.emplace_back("bank.deposited", R"({"cents":5})");
    return events;
}

errc append_error(leftfold::event_store& store) {
    try {
        static_cast<void>(store.append(alice, expected_version::any(), deposit()));
    } catch (const leftfold::error& refused) {
        return refused.kind();
    }
    return errc::ok;
}

TEST(time_page, times_rise_close_and_are_found_again) {
    auto clock = std::make_shared<leftfold::testing::manual_clock>();
    auto store = leftfold::open_memory({.store = {.world = {.clock = clock}}});

    const auto paid = store.append(alice, expected_version::any(), deposit()).value();
    EXPECT_GE(store.closed(), paid.recorded);

    // Time that passes closes by itself, also while nothing is appended; its cut never changes.
    clock->advance(24h);
    const recorded_at midnight{clock->now()};
    const leftfold::cut then = store.cut_at(midnight);
    store.append(alice, expected_version::any(), deposit()).value();
    EXPECT_EQ(store.cut_at(midnight), then);

    // What has not come cannot be asked about.
    EXPECT_THROW(store.cut_at(recorded_at{clock->now() + 1h}), leftfold::error);
}

TEST(time_page, a_wall_clock_that_is_wrong_is_seen) {
    auto clock = std::make_shared<leftfold::testing::manual_clock>();
    auto store = leftfold::open_memory({.store = {.world = {.clock = clock}}});
    const auto before = store.append(alice, expected_version::any(), deposit()).value();

    // Set back a little: no append is refused, and no time is given twice.
    clock->set_wall(clock->now() - 1min);
    EXPECT_GT(store.append(alice, expected_version::any(), deposit())->recorded, before.recorded);

    // Set forward by more than max_clock_jump: nothing is appended until it is right, or somebody says that it is.
    clock->set_wall(clock->now() + 1h);
    EXPECT_EQ(append_error(store), errc::clock_jump);
    store.accept_clock();
    EXPECT_EQ(append_error(store), errc::ok);
}

}  // namespace time_page_test
