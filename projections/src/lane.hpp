#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0::detail {

/// The algorithm of one projection: what to do next, given what has happened. Reads nothing, writes nothing and asks no
/// clock; the model around it does, and says how it went.
///
///     fold ──folded──▶ flush ──flushed──▶ fold, or rest when all that is closed is folded
///       │                │
///       └────failed──────┴──▶ back_off ──time──▶ fold … after the last retry: stopped
class lane {
public:
    enum class action {
        fold,      ///< read events after folded() and fold them
        flush,     ///< write what was folded, with the checkpoint
        rest,      ///< nothing to do until the store has closed more events
        back_off,  ///< nothing to do until due_us()
        hold,      ///< nothing to do until go_on()
        stopped,   ///< nothing to do any more
    };

    explicit lane(retry_options retries, supervision_options supervision = {})
        : retries_(retries), supervision_(supervision) {}

    action next(const cut& closed, std::int64_t now_us) const;

    /// Begins, or begins again, from a durable checkpoint.
    void start_from(cut durable);
    /// Everything up to `to` is folded, in memory.
    void folded(cut to);
    /// What was folded is durable.
    void flushed();
    /// Something failed: an event, or, without `where`, what the fold stands on. What was folded before the event stays
    /// folded.
    void failed(std::optional<position> where, std::string why, std::int64_t now_us);
    /// Tries again at once what failed.
    void hurry() { due_us_ = 0; }
    /// Forgets what failed, for good or not.
    void forgive();
    /// Folds nothing any more, until it is told to go on. What is folded is still flushed.
    void hold() { held_ = true; }
    void go_on() { held_ = false; }

    const cut& folded() const { return folded_; }
    const cut& durable() const { return durable_; }
    std::int64_t due_us() const { return due_us_; }
    bool is_stopped() const { return stopped_; }
    /// Of what failed last: how often that failed, since something went well.
    int attempts() const { return of_event_ ? attempts_ : restarts_; }
    /// How often it broke off for no fault of an event, since something went well.
    int restarts() const { return restarts_; }
    /// How many attempts there are before it stops, for what failed last.
    std::int64_t attempts_max() const { return std::int64_t{1} + (of_event_ ? retries_.count : supervision_.restarts); }
    const std::string& failure() const { return failure_; }

private:
    void forget_event();
    bool waits_to_retry(std::int64_t now_us) const { return attempts() > 0 && now_us < due_us_; }

    retry_options retries_;
    supervision_options supervision_;
    cut folded_;
    cut durable_;
    // Both are counted apart: an event that fails by turns with the disk still comes to the end of its attempts.
    std::optional<position> failed_at_;
    int attempts_ = 0;       // of the event there that failed
    int restarts_ = 0;       // since the last flush that went well
    bool of_event_ = false;  // what failed last
    std::string failure_;
    std::int64_t due_us_ = 0;
    bool stopped_ = false;
    bool held_ = false;
};

}  // namespace leftfold::inline v0::detail
