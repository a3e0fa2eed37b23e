#pragma once
// Random histories of two accounts in one store, for properties: events that are late, of equal times, and of times far
// in the future and the past; with and without snapshots.

#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "framework/bank.hpp"
#include "leftfold/framework/json_decode.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/store.hpp"

struct story_step {
    std::int64_t cents;
    std::int64_t pause_ms;
    std::optional<std::int64_t> occurred_s;  // after the story's start
    bool is_other;                           // goes to another account of the same store
};

struct story_plan {
    std::vector<story_step> steps;
    std::uint32_t partitions;
    leftfold::snapshot_policy snapshots;
};

inline rc::Gen<story_plan> any_story() {
    const auto occurred = rc::gen::map(rc::gen::inRange(-4, 20), [](int s) -> std::optional<std::int64_t> {
        constexpr std::int64_t century_s = 100LL * 365 * 86'400;
        if (s == -4) return century_s;
        if (s == -3) return -century_s;
        return s < 0 ? std::nullopt : std::optional<std::int64_t>{s};
    });
    const auto step =
        rc::gen::construct<story_step>(rc::gen::inRange<std::int64_t>(1, 1'000), rc::gen::inRange<std::int64_t>(0, 5),
                                       occurred, rc::gen::arbitrary<bool>());
    return rc::gen::construct<story_plan>(
        rc::gen::container<std::vector<story_step>>(step), rc::gen::inRange<std::uint32_t>(1, 3),
        rc::gen::construct<leftfold::snapshot_policy>(rc::gen::inRange<std::uint32_t>(0, 6),
                                                      rc::gen::inRange<std::uint32_t>(1, 12)));
}

/// A plan carried out on a store in memory.
class random_story {
public:
    explicit random_story(const story_plan& plan)
        : store_(std::make_unique<leftfold::testing::store>(
              leftfold::testing::store_setup{.partitions = plan.partitions})),
          accounts_(std::make_unique<leftfold::repository<bank::account>>(
              *store_, leftfold::repository_options{.snapshots = plan.snapshots})) {
        const auto start = store_->now();
        for (const auto& step : plan.steps) {
            std::optional<leftfold::occurred_at> when;
            if (step.occurred_s) when = leftfold::occurred_at{start + std::chrono::seconds{*step.occurred_s}};
            accounts_->execute(step.is_other ? "ben" : "ann", [&](bank::account& a) { a.deposit(step.cents); },
                               {.occurred = when});
            store_->advance(std::chrono::milliseconds{step.pause_ms});
        }
        store_->advance(std::chrono::seconds{1});
    }

    leftfold::testing::store& store() const { return *store_; }
    leftfold::repository<bank::account>& accounts() const { return *accounts_; }
    std::vector<leftfold::recorded_event> events(const char* key) const {
        return store_->read_stream({"account", key}, {.count = 100'000});
    }

private:
    std::unique_ptr<leftfold::testing::store> store_;
    std::unique_ptr<leftfold::repository<bank::account>> accounts_;
};

/// What an account's moves are after these events, folded as they stand.
inline std::vector<std::int64_t> naive_moves(const std::vector<leftfold::recorded_event>& events) {
    std::vector<std::int64_t> made;
    for (const auto& event : events) made.push_back(leftfold::decode_json<bank::deposited>(event.payload).cents);
    return made;
}
