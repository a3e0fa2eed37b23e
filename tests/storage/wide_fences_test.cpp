// Times are found where a store has more events than it remembers the times of.

#include <gtest/gtest.h>

#include <vector>

#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/memory_store.hpp"

namespace leftfold {
namespace wide_fences_test {

TEST(time_fences, that_lie_apart_leave_every_time_between_them_to_be_found) {
    // Among so many partitions each remembers 1,024 times.
    auto store = open_memory({.partitions = partitions_max});
    const stream_id stream("account", "ann");
    const auto partition = store.partition_of(stream);
    for (int i = 0; i != 700; ++i)
        store.append(stream, expected_version::any(), std::vector<event_data>(7, {"bank.deposited", "{}"})).value();
    std::vector<recorded_at> recorded;
    for (const auto& event : store.read_stream(stream, {.count = 10'000})) recorded.push_back(event.recorded);
    ASSERT_EQ(recorded.size(), 4'900U);
    for (std::size_t i = 0; i != recorded.size(); ++i) {
        const offset at(static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(store.offset_at(partition, recorded[i]), at);
        EXPECT_EQ(store.offset_at(partition, recorded_at::from_micros(recorded[i].micros() - 1)), at.plus(-1));
    }
}

}  // namespace wide_fences_test
}  // namespace leftfold
