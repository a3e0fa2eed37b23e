#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0::detail {

/// Threads that take part in work which the caller does as well. Whoever is free takes the next part; where nobody else
/// ever is (a simulation has one thread for all), the caller does all of it, so it never waits for somebody who waits
/// for it.
class work_share {
public:
    explicit work_share(const environment& world) : world_(world) {}

    /// Calls `part(0)` to `part(count - 1)`, at most `at_once` of them at a time, and returns when all have ended.
    /// `part` must not throw.
    void run(std::size_t count, std::size_t at_once, function_ref<void(std::size_t)> part);

private:
    /// What is shared by those who work at one run. A helper that comes when all is taken finds nothing to do, so it
    /// may come when `part` is long gone.
    class run_state {
    public:
        run_state(std::size_t count, function_ref<void(std::size_t)> part) : part_(part), count_(count) {}
        void take_part();
        void wait();

    private:
        function_ref<void(std::size_t)> part_;
        std::size_t count_;
        std::mutex mutex_;
        std::condition_variable ended_;
        std::size_t taken_ = 0;  // under mutex_
        std::size_t done_ = 0;   // under mutex_
    };

    const environment& world_;
    std::vector<std::unique_ptr<executor>> helpers_;  // made when they are first wanted
};

}  // namespace leftfold::inline v0::detail
