#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0::testing {

/// How much time a test can let pass at once: a thousand years. Ten times that is more than RFC 3339 can write.
inline constexpr std::chrono::microseconds passing_time_max = std::chrono::years{1'000};

/// Throws errc::invalid_argument for time that would run back, and for more than passing_time_max.
void check_passing_time(std::chrono::microseconds time);

/// Both clocks, standing still until a test moves them. Safe from any thread.
class manual_clock final : public clock_source {
public:
    /// Starts at a wall time; elapsed time starts at zero.
    explicit manual_clock(instant start = instant{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}})
        : wall_(start.time_since_epoch().count()) {}

    std::int64_t wall_us() override { return wall_; }
    std::int64_t elapsed_us() override { return elapsed_; }

    /// Lets time pass: both clocks move. Throws as check_passing_time() does; then neither has moved.
    void advance(std::chrono::microseconds by);
    /// Lets time pass until the wall clock shows `when`. Does nothing when it is later already. Throws
    /// errc::invalid_argument where that is more than passing_time_max ahead.
    void advance_to(instant when);
    /// Sets the wall clock alone, forward or back, as an operator does. No time passes.
    void set_wall(instant when) { wall_ = when.time_since_epoch().count(); }

    /// Returns what the wall clock shows.
    instant now() const { return instant{std::chrono::microseconds{wall_.load()}}; }

private:
    std::atomic<std::int64_t> wall_;
    std::atomic<std::int64_t> elapsed_{0};
};

/// Random bits that a seed repeats: SplitMix64. With a manual_clock, the ids that a store makes are the same in every
/// run. Safe from any thread; the order of calls is then the threads' own.
class seeded_random final : public random_source {
public:
    explicit seeded_random(std::uint64_t seed = 1) : state_(seed) {}

    std::uint64_t next() override;

private:
    std::atomic<std::uint64_t> state_;
};

/// Executors without threads: all tasks wait in one queue until the test runs them. Tasks may be posted from any
/// thread; run() is called by one at a time.
class queued_executors final : public executor_source {
public:
    /// Makes an executor whose tasks join the one queue. Its destructor runs what is queued.
    std::unique_ptr<executor> make_executor() override;

    /// Runs the oldest task. Returns whether there was one.
    bool run_one() { return queue_->run_one(); }
    /// Runs tasks, and those that they post, until none is left. Returns how many ran.
    std::size_t run();

private:
    class queue {
    public:
        void push(unique_function<void()> task);
        bool run_one();

    private:
        std::mutex mutex_;
        std::deque<unique_function<void()>> tasks_;
    };
    class member;

    std::shared_ptr<queue> queue_ = std::make_shared<queue>();
};

}  // namespace leftfold::inline v0::testing
