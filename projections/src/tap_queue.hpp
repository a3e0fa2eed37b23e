#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/projections/change_tap.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

/// The changes between who folds and who follows: those that are not committed, those that wait for an earlier one of
/// another partition, and those that may be taken. Safe from any thread.
class tap_queue {
public:
    /// `doing` are the words for its errors; it stands at a place before which nothing is told.
    tap_queue(rows_copier copy, std::size_t held_max, std::string doing, const change_position& at);

    // For who folds

    void changed(recorded_at when, std::size_t number, const void* before, const void* after);
    /// There was no memory for a change.
    void missed() noexcept;
    /// What was told and is not committed is not going to be.
    void discard();
    /// What was told is committed. What events recorded up to `through` changed may be taken: no earlier change will
    /// come.
    void publish(recorded_at through);
    /// Tells nothing more. The first reason counts.
    void end(errc why, const std::string& text);

    // For who follows

    /// Takes all that may be taken, after a wait for the first. Throws the reason for the end when there is nothing
    /// left.
    void take(std::chrono::milliseconds at_most, tap_core::taker take);
    change_position position() const;
    void interrupt();

private:
    struct change {
        recorded_at when;
        std::size_t number;
        std::unique_ptr<held_rows> rows;
    };

    void end_now(errc why, const std::string& text);
    void drop_what_waits();

    const rows_copier copy_;
    const std::size_t held_max_;
    const std::string doing_;

    mutable std::mutex mutex_;  // of all below
    std::condition_variable news_;
    std::vector<change> uncommitted_;
    std::deque<change> committed_;  // in the order of the log
    std::size_t released_ = 0;      // of committed_, from the front: those that may be taken
    change_position position_;
    std::optional<std::pair<errc, std::string>> ended_;
    bool has_missed_ = false;
    bool is_interrupted_ = false;
};

}  // namespace leftfold::inline v0::detail
