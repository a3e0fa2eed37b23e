#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

/// How many rebuilds an engine has under way, each on its caller's thread: an engine that stops waits for them.
class rebuild_count {
public:
    /// One of them, as long as this lives.
    class one {
    public:
        /// Throws errc::projection_stopped when the engine is to stop.
        one(rebuild_count& of, const std::atomic<bool>& stopping) : of_(of) {
            const std::lock_guard lock(of_.mutex_);
            if (stopping) throw error(errc::projection_stopped, "rebuilding a projection: the engine was stopped");
            ++of_.count_;
        }
        ~one() {
            {
                const std::lock_guard lock(of_.mutex_);
                --of_.count_;
            }
            of_.ended_.notify_all();
        }
        one(const one&) = delete;
        one& operator=(const one&) = delete;

    private:
        rebuild_count& of_;
    };

    void wait_for_none() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [this] { return count_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    int count_ = 0;
};

}  // namespace leftfold::inline v0::detail
