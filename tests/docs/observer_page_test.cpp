// The snippets of docs/observer.md.
#include <gtest/gtest.h>

#include <atomic>

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/observer.hpp"

namespace observer_page_test {

using leftfold::expected_version;
using leftfold::version;

const leftfold::stream_id alice("account", "alice");

std::vector<leftfold::event_data> deposit() {
    std::vector<leftfold::event_data> events;
    events.emplace_back("bank.deposited", R"({"cents":5})");
    return events;
}

// What a dashboard would show.
class figures final : public leftfold::observer {
public:
    void on_group_commit(const group_commit& done) override {
        ++commits;
        events += done.events;
        microseconds += static_cast<std::uint64_t>(done.took.count());
    }
    void on_conflict(const lost_race&) override { ++conflicts; }

    std::atomic<std::uint64_t> commits = 0, events = 0, microseconds = 0, conflicts = 0;
};

TEST(observer_page, counts_commits_and_conflicts) {
    auto seen = std::make_shared<figures>();
    auto store = leftfold::open_memory({.store = {.world = {.observer = seen}}});
    // …
    store.append(alice, expected_version::none(), deposit()).value();
    EXPECT_FALSE(store.append(alice, expected_version::none(), deposit()));
    EXPECT_EQ(seen->commits, 1u);
    EXPECT_EQ(seen->events, 1u);
    EXPECT_EQ(seen->conflicts, 1u);
}

}  // namespace observer_page_test
