// What docs/time_travel.md shows, run.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "framework/bank.hpp"
#include "leftfold/framework/blame.hpp"
#include "leftfold/framework/diff.hpp"
#include "leftfold/framework/find_state.hpp"
#include "leftfold/framework/stepper.hpp"
#include "leftfold/framework/where.hpp"
#include "leftfold/testing/store.hpp"

namespace time_travel_page_test {

using bank::account;
using leftfold::occurred_at, leftfold::recorded_at;
using namespace std::chrono_literals;

struct page : ::testing::Test {
    page() {
        accounts.execute("alice", [](account& a) { a.open("Alice"); }, {.actor = "teller 7"});
        store.advance(24h);
        accounts.execute("alice", [](account& a) { a.deposit(100); }, {.actor = "teller 8"});
        monday = store.now() + 1h;
        store.advance(24h);
        accounts.execute("alice", [](account& a) { a.withdraw(30); }, {.occurred = occurred_at{monday - 2h}});
        store.advance(24h);
    }
    void print(const std::string& line) { printed.push_back(line); }

    leftfold::testing::store store{{.partitions = 1}};
    leftfold::repository<account> accounts{store};
    leftfold::instant monday{};
    std::vector<std::string> printed;
};

TEST_F(page, two_axes) {
    EXPECT_EQ(accounts.as_of("alice", recorded_at{monday})->balance(), 100);  // as we knew it on Monday
    EXPECT_EQ(accounts.as_of("alice", occurred_at{monday})->balance(), 70);   // as it was, we know now
    EXPECT_EQ(accounts.as_of("alice", recorded_at{monday}, occurred_at{monday})->balance(),
              100);  // as we then believed
}

TEST_F(page, one_moment) {
    const auto then = store.at(recorded_at{monday});
    EXPECT_EQ(accounts.at("alice", then)->balance(), 100);  // every question sees the same events
    EXPECT_EQ(accounts.history("alice", then).last(), leftfold::version{2});

    const std::string line = to_string(then);  // to be kept, or sent to another process
    // …
    const auto again = leftfold::moment_of(store, line);  // which makes sure that it is one of this store
    EXPECT_EQ(accounts.at("alice", again)->balance(), 100);

    EXPECT_EQ(again, then);
    auto since = accounts.since("alice", then);
    EXPECT_TRUE(since.next());
    EXPECT_EQ(since.version(), leftfold::version{3});
    EXPECT_FALSE(since.next());
}

TEST_F(page, history) {
    for (const auto& [state, event] : accounts.history("alice"))
        print(std::string{event.type} + ": " + std::to_string(state.balance()));

    auto later = accounts.since("alice", recorded_at{monday});
    while (later.next()) print("since Monday: " + std::to_string(later.state().balance()));

    EXPECT_EQ(printed, (std::vector<std::string>{"bank.account_opened: 0", "bank.deposited: 100", "bank.withdrawn: 70",
                                                 "since Monday: 70"}));
}

TEST_F(page, diff) {
    const auto then = accounts.as_of("alice", recorded_at{monday});
    for (const auto& change : leftfold::diff(then, accounts.load("alice"))) print(to_string(change));

    EXPECT_EQ(printed, (std::vector<std::string>{"$.balance_: 100 → 70", "$.moves_[1]: added -30"}));
}

TEST_F(page, blame) {
    if (const auto found = leftfold::blame(accounts, "alice", leftfold::member_path{"$.moves_[0]"}))
        print(to_string(*found));
    // account.moves_[0] ← bank.deposited #2, partition 0 offset 2, actor teller 8, 2026-01-02T00:00:00Z

    EXPECT_EQ(printed, (std::vector<std::string>{"account.moves_[0] ← bank.deposited #2, partition 0 offset 2, actor "
                                                 "teller 8, 2026-01-02T00:00:00Z"}));
    for (const auto& each : leftfold::blame(accounts, "alice")) print(to_string(each));  // every member
    EXPECT_EQ(printed.size(), 4U);
}

TEST_F(page, first_where_and_bisect) {
    auto first = leftfold::first_where(accounts, "alice", [](const account& a) { return a.balance() >= 50; });
    EXPECT_EQ(first->event.type, "bank.deposited");

    const leftfold::where<account> rich{"$.balance_ >= 50"};  // the same as text
    EXPECT_EQ(leftfold::first_where(accounts, "alice", rich)->event.id, first->event.id);
    EXPECT_EQ(leftfold::bisect(accounts, "alice", rich).event.id, first->event.id);
}

TEST_F(page, stepping) {
    leftfold::stepper<account> at{accounts, "alice"};
    while (at.forward())
        for (const auto& change : at.changes()) print(at.event().type + " " + to_string(change));
    while (at.back()) continue;

    EXPECT_EQ(printed, (std::vector<std::string>{
                           "bank.account_opened $.owner_: \"\" → \"Alice\"", "bank.deposited $.balance_: 0 → 100",
                           "bank.deposited $.moves_[0]: added 100", "bank.withdrawn $.balance_: 100 → 70",
                           "bank.withdrawn $.moves_[1]: added -30"}));
}

TEST_F(page, verify_snapshots) {
    leftfold::repository<account> checked{store, {.snapshots = {.every = 1}}};
    checked.load("alice");

    const auto report = checked.verify_snapshots({.streams_max = 1'000});
    for (const auto& wrong : report.wrong)
        print(to_string(wrong.stream) + " at " + std::to_string(wrong.version.value()));

    EXPECT_TRUE(printed.empty());
    EXPECT_EQ(report.checked, 1U);
}

}  // namespace time_travel_page_test
