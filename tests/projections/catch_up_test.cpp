// What history costs a catch-up, as a ratio: the absolute figures are those of this machine, on this day, under the
// sanitizers.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>

#include "projections/read_models.hpp"

namespace catch_up_test {

constexpr int events = 20'000;
constexpr int accounts = 2'000;

template <bool History>
class sums : public leftfold::projection<sums<History>, bank::deposited> {
public:
    static constexpr auto projection_name = "sums";
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "sums", {.history = History}};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (!rows.update(at.key(), [&](bank::balance& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
};

/// Processor time, so that a busy machine does not count.
double cpu_seconds() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

class catch_up : public read_models::fixture {
protected:
    /// Folds everything into a database of its own, and returns how long that took.
    template <bool History>
    double fold(leftfold::event_store& store, const char* name) {
        leftfold::projection_engine engine{store};
        auto& read = engine.add<sums<History>>({.database = directory_ / name});
        const auto start = cpu_seconds();
        engine.catch_up();
        const auto took = cpu_seconds() - start;
        EXPECT_EQ(read.rows.count(), accounts);
        return took;
    }
};

TEST_F(catch_up, with_history_keeps_a_version_for_each_event_and_says_what_that_costs) {
    auto store = make_store();
    std::mt19937_64 random{1};
    for (int i = 0; i != accounts; ++i) bank::append(store, std::to_string(i), bank::deposited{1});
    for (int i = accounts; i != events; ++i)
        bank::append(store, std::to_string(random() % accounts), bank::deposited{1});
    const auto plain = fold<false>(store, "plain.db");
    const auto history = fold<true>(store, "history.db");
    const auto differ =
        read_models::shell(directory_ / "plain.db", "SELECT account, cents FROM sums ORDER BY account") !=
        read_models::shell(directory_ / "history.db", "SELECT account, cents FROM sums ORDER BY account");
    EXPECT_FALSE(differ);
    EXPECT_EQ(read_models::shell(directory_ / "history.db", "SELECT count(*) FROM sums_versions")[0][0],
              std::to_string(events - accounts));
    std::printf("catch_up: %d events over %d rows, %.0f/s without history, %.0f/s with it, ratio %.2f\n", events,
                accounts, events / plain, events / history, plain / history);
}

}  // namespace catch_up_test
