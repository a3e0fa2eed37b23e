#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_board.hpp"
#include "worker.hpp"

namespace leftfold::inline v0::detail {

/// Drives the models of one database, or a process, on one executor: a step of each, again and again, and sleeps in the
/// store's own wait when none has anything to do. Blocks no thread meanwhile.
class driver : public std::enable_shared_from_this<driver> {
public:
    driver(std::shared_ptr<store_core> store, std::vector<worker*> workers, std::shared_ptr<model_signals> signals);

    void start();
    /// Returns when no step runs and none will.
    void stop();
    /// Runs a task between two turns, then takes a turn, since the task may have made something to do. Returns when the
    /// task has ended; what it throws passes through. Returns false, and does nothing, when it is stopped.
    bool run(unique_function<void()> task);
    bool has(const worker& of) const { return std::find(workers_.begin(), workers_.end(), &of) != workers_.end(); }

private:
    void post_turn(std::uint64_t round);
    void turn();
    void rest(const cut& seen);
    void rest_after(const std::exception& failed);
    void wait_beyond(const cut& seen, std::chrono::microseconds at_most);
    void close_what_is_left(std::int64_t now_us);

    event_store store_;
    std::vector<worker*> workers_;
    std::shared_ptr<model_signals> signals_;
    std::mutex mutex_;
    std::unique_ptr<executor> executor_;         // under mutex_; empty: stopped
    std::uint64_t round_ = 0;                    // of turns; one that is posted for an earlier round does nothing
    std::optional<std::int64_t> open_since_us_;  // since when there are committed events that are not closed
    bool was_forbidden_ = false;                 // the observer was told once
};

}  // namespace leftfold::inline v0::detail
