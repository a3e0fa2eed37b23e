#include "tap_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "deadline.hpp"

namespace leftfold::inline v0::detail {

tap_queue::tap_queue(rows_copier copy, std::size_t held_max, std::string doing, const change_position& at)
    : copy_(copy), held_max_(held_max), doing_(std::move(doing)), position_(at) {}

void tap_queue::changed(recorded_at when, std::size_t number, const void* before, const void* after) {
    const std::lock_guard lock(mutex_);
    if (ended_ || has_missed_) return;
    if (uncommitted_.size() + committed_.size() == held_max_)
        return end_now(errc::before_history,
                       fmt::format("{} changes wait to be taken, and no more are held", held_max_));
    uncommitted_.push_back({when, number, copy_(before, after)});
}

void tap_queue::missed() noexcept {
    const std::lock_guard lock(mutex_);
    has_missed_ = true;
    drop_what_waits();
}

void tap_queue::discard() {
    const std::lock_guard lock(mutex_);
    uncommitted_.clear();
}

void tap_queue::publish(recorded_at through) {
    const std::lock_guard lock(mutex_);
    const auto in_order = [](const change& a, const change& b) {
        return std::tie(a.when, a.number) < std::tie(b.when, b.number);
    };
    std::move(uncommitted_.begin(), uncommitted_.end(), std::back_inserter(committed_));
    uncommitted_.clear();
    const auto waiting = committed_.begin() + static_cast<std::ptrdiff_t>(released_);
    if (!std::is_sorted(waiting, committed_.end(), in_order)) std::sort(waiting, committed_.end(), in_order);
    const auto rest =
        std::partition_point(waiting, committed_.end(), [&](const change& each) { return each.when <= through; });
    if (rest == waiting) return;
    released_ = static_cast<std::size_t>(rest - committed_.begin());
    news_.notify_all();
}

void tap_queue::end(errc why, const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (!ended_) end_now(why, text);
}

/// What is committed and may be taken is still given.
void tap_queue::end_now(errc why, const std::string& text) {
    ended_.emplace(why, fmt::format("{}: {}", doing_, text));
    drop_what_waits();
}

void tap_queue::drop_what_waits() {
    uncommitted_.clear();
    committed_.erase(committed_.begin() + static_cast<std::ptrdiff_t>(released_), committed_.end());
    news_.notify_all();
}

void tap_queue::take(std::chrono::milliseconds at_most, tap_core::taker take) {
    std::unique_lock lock(mutex_);
    const auto has_news = [this] { return released_ > 0 || ended_ || has_missed_ || is_interrupted_; };
    news_.wait_until(lock, deadline_after(at_most), has_news);
    is_interrupted_ = false;
    if (released_ == 0 && has_missed_) throw error(errc::before_history, doing_ + ": there was no memory for a change");
    if (released_ == 0 && ended_) throw error(ended_->first, ended_->second);
    for (; released_ > 0; --released_) {
        auto& next = committed_.front();
        auto behind = position_;
        behind.at = next.when;
        behind.row = next.number;
        take(behind, *next.rows);
        position_ = behind;
        committed_.pop_front();
    }
}

change_position tap_queue::position() const {
    const std::lock_guard lock(mutex_);
    return position_;
}

void tap_queue::interrupt() {
    const std::lock_guard lock(mutex_);
    is_interrupted_ = true;
    news_.notify_all();
}

}  // namespace leftfold::inline v0::detail
