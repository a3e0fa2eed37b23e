#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "leftfold/storage/event_store.hpp"
#include "model_board.hpp"

namespace leftfold::inline v0::detail {

/// Looks at models from outside, on a thread of the store's, since one that is stuck cannot say so: tells the observer
/// of each stall, once. In the process that owns the store; elsewhere a wait would take the store's thread.
class watchdog : public std::enable_shared_from_this<watchdog> {
public:
    watchdog(std::shared_ptr<store_core> store, std::vector<model_board*> boards, std::chrono::milliseconds every)
        : store_(std::move(store)), boards_(std::move(boards)), every_(every) {}

    void start();
    /// Returns when it looks at no board any more.
    void stop();

private:
    void look();
    void tell(model_board& of) const;

    event_store store_;
    std::mutex mutex_;
    std::vector<model_board*> boards_;  // under mutex_; none when stopped
    const std::chrono::milliseconds every_;
};

}  // namespace leftfold::inline v0::detail
