#pragma once

#include <chrono>
#include <cstdint>

#include "leftfold/storage/environment.hpp"

namespace leftfold::simulation {

/// The two clocks of a simulated machine. Time passes when the simulation says so; the wall clock shows it with a skew
/// that steps, or not at all while it is frozen.
class simulated_clock final : public clock_source {
public:
    std::int64_t wall_us() override { return frozen_ ? frozen_at_ : start_us + now_ + skew_; }
    std::int64_t elapsed_us() override { return now_; }

    /// True time since the run began, in microseconds: what timers go by.
    std::int64_t now() const { return now_; }
    void advance(std::chrono::microseconds by) { now_ += by.count(); }

    /// The operator, or a time server, sets the wall clock.
    void step(std::chrono::microseconds by) { skew_ += by.count(); }
    void freeze() {
        frozen_at_ = wall_us();
        frozen_ = true;
    }
    /// The wall clock is right again, and runs.
    void set_right() {
        skew_ = 0;
        frozen_ = false;
    }
    bool is_right() const { return skew_ == 0 && !frozen_; }

private:
    static constexpr std::int64_t start_us = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z

    std::int64_t now_ = 0;
    std::int64_t skew_ = 0;
    std::int64_t frozen_at_ = 0;
    bool frozen_ = false;
};

}  // namespace leftfold::simulation
