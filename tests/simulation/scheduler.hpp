#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <vector>

#include "leftfold/storage/environment.hpp"
#include "simulation/chance.hpp"
#include "simulation/clocks.hpp"
#include "simulation/trace.hpp"

namespace leftfold::simulation {

/// Runs everything on one thread: the tasks of the store's executors, and timers. Which of several that are ready goes
/// first, and how long a thread takes to wake up, is drawn from the seed; so a seed is one interleaving.
///
/// Each executor is a lane, whose tasks stay in order, as the port demands.
class scheduler final : public executor_source {
public:
    scheduler(simulated_clock& clock, chance& luck, trace& notes) : clock_(clock), luck_(luck), notes_(notes) {}

    std::unique_ptr<executor> make_executor() override;

    /// Runs `task` when that much true time has passed.
    void after(std::chrono::microseconds delay, unique_function<void()> task);

    /// Runs one task. When none is ready, time passes until one is. Returns false when there is none at all.
    bool run_one();

    /// Nobody runs until then: the machine is stalled, as by swapping or a hypervisor.
    void stall(std::chrono::microseconds how_long) { clock_.advance(how_long); }

    /// How long a thread takes at most to wake up for a task that it is given.
    void set_wake_up(std::chrono::microseconds longest) { wake_up_ = longest; }

private:
    class lane;
    struct timer {
        std::int64_t due;
        std::uint64_t number;  // those of one moment go in the order in which they were set
        std::shared_ptr<unique_function<void()>> task;
        bool operator>(const timer& other) const { return due != other.due ? due > other.due : number > other.number; }
    };

    void run_timer();
    void wait_for_something();

    simulated_clock& clock_;
    chance& luck_;
    trace& notes_;
    std::chrono::microseconds wake_up_{200};
    std::vector<lane*> lanes_;
    std::vector<lane*> ready_;
    std::priority_queue<timer, std::vector<timer>, std::greater<>> timers_;
    std::uint64_t timers_set_ = 0;
    std::int64_t lanes_made_ = 0;
};

}  // namespace leftfold::simulation
