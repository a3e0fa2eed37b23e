#include "model_board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "deadline.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Why rows that somebody waits for will not come, until somebody does something.
std::string why_it_rests(const projection_status& now) {
    const auto told = [&] {
        return fmt::format("by {}, at {}", now.told_by, to_rfc3339(now.told_at.value_or(instant())));
    };
    if (now.state == projection_state::paused) return fmt::format("is paused at {} {}", to_string(now.reached), told());
    if (!now.told_by.empty()) return fmt::format("was stopped at {} {}", to_string(now.reached), told());
    return fmt::format("stopped at {}: {}", to_string(now.reached), now.failure);
}

bool rests(projection_state state) { return state == projection_state::stopped || state == projection_state::paused; }

}  // namespace

std::size_t events_between(const cut& from, const cut& to) {
    std::size_t events = 0;
    for (std::uint32_t p = 0; p != to.partitions(); ++p) {
        const auto more = std::max<std::int64_t>(0, to.at(partition_id(p)).value() - from.at(partition_id(p)).value());
        events += std::min(static_cast<std::size_t>(more), std::numeric_limits<std::size_t>::max() - events);
    }
    return events;
}

cut beyond_all(std::uint32_t partitions) {
    cut made(partitions);
    for (std::uint32_t p = 0; p != partitions; ++p)
        made.set(partition_id(p), offset(std::numeric_limits<std::int64_t>::max()));
    return made;
}

freshness freshness_of(const cut& reached, recorded_at through, const cut& wanted, std::int64_t wall_us) {
    if (reached.covers(wanted)) return {};
    const auto since_us = std::max<std::int64_t>(0, through.micros());  // of what holds nothing yet: 1970
    return {.current = false,
            .events_missing = events_between(reached, wanted),
            .age = std::chrono::microseconds(std::max<std::int64_t>(0, wall_us - since_us))};
}

model_board::model_board(std::shared_ptr<store_core> store, std::shared_ptr<model_signals> signals, const char* kind,
                         std::string name)
    : store_(std::move(store)), signals_(std::move(signals)), kind_(kind) {
    status_.name = std::move(name);
}

void model_board::publish(news now) {
    const auto now_us = store_.world().clock->elapsed_us();
    {
        const std::lock_guard lock(signals_->mutex);
        const bool moved = !(status_.reached == now.reached);
        if (moved || !now.is_behind || rests(now.state)) {
            behind_since_us_.reset();
            stall_is_told_ = false;
        }
        if (now.is_behind && !behind_since_us_ && !rests(now.state)) behind_since_us_ = now_us;
        status_.reached = std::move(now.reached);
        status_.state = now.state;
        status_.events_per_second = now.events_per_second;
        status_.attempts = now.attempts;
        status_.failure = std::move(now.failure);
        status_.failures = now.failures;
        status_.last_failure = std::move(now.last_failure);
        status_.restarts = now.restarts;
        status_.told_by = std::move(now.told.by);
        status_.told_at.reset();
        if (!status_.told_by.empty()) status_.told_at = instant(std::chrono::microseconds(now.told.since_us));
        status_.parked = now.parked;
        through_ = now.through;
        complete_through_ = now.complete_through;
        parks_ = now.parks;
    }
    signals_->changed.notify_all();
}

bool model_board::holds_all(recorded_at when) const {
    const std::lock_guard lock(signals_->mutex);
    return complete_through_ >= when;
}

void model_board::begun_anew(std::string why) {
    const std::lock_guard lock(signals_->mutex);
    status_.begun_anew_because = std::move(why);
}

void model_board::began(recorded_at since, std::int64_t generation) {
    const std::lock_guard lock(signals_->mutex);
    status_.since = since;
    status_.generation = generation;
}

void model_board::building(std::optional<rebuild_progress> how_far) {
    const std::lock_guard lock(signals_->mutex);
    status_.rebuilding = how_far;
}

recorded_at model_board::since() const {
    const std::lock_guard lock(signals_->mutex);
    return status_.since;
}

/// Under the mutex.
bool model_board::is_stalled(const cut& closed, std::int64_t now_us) const {
    const auto limit_us = bounded(signals_->options.supervision.stalled_after).count();
    return behind_since_us_ && now_us - *behind_since_us_ > limit_us && !status_.reached.covers(closed);
}

std::optional<std::string> model_board::look_for_stall() {
    const auto closed = store_.closed_cut();
    const auto now_us = store_.world().clock->elapsed_us();
    const std::lock_guard lock(signals_->mutex);
    if (rests(status_.state)) return std::nullopt;
    if (!behind_since_us_ && !status_.reached.covers(closed)) behind_since_us_ = now_us;
    if (stall_is_told_ || !is_stalled(closed, now_us)) return std::nullopt;
    stall_is_told_ = true;
    return fmt::format("{} {} is stalled at {}, {}: {} events behind, and no further for {:.1f} s", kind_, status_.name,
                       to_string(status_.reached), to_string(status_.state), events_between(status_.reached, closed),
                       static_cast<double>(now_us - *behind_since_us_) / 1e6);
}

projection_status model_board::status() const {
    projection_status now;
    auto through = recorded_at::min();
    const auto closed = store_.closed_cut();
    const auto now_us = store_.world().clock->elapsed_us();
    {
        const std::lock_guard lock(signals_->mutex);
        now = status_;
        now.stalled = is_stalled(closed, now_us);
        through = through_;
    }
    // What was appended since the model published is behind too.
    now.events_behind = events_between(now.reached, store_.heads());
    if (now.events_behind > 0 && through > recorded_at::min())
        now.time_behind =
            std::chrono::microseconds(std::max<std::int64_t>(0, store_.world().clock->wall_us() - through.micros()));
    return now;
}

bool model_board::parks() const {
    const std::lock_guard lock(signals_->mutex);
    return parks_;
}

freshness model_board::wait_until(const cut& where, wait_options options, std::string_view doing) const {
    {
        std::unique_lock lock(signals_->mutex);
        signals_->changed.wait_until(lock, deadline_after(options.at_most),
                                     [&] { return status_.reached.covers(where) || rests(status_.state); });
        if (status_.reached.covers(where) || options.late == when_late::answer_stale)
            return freshness_of(status_.reached, through_, where, store_.world().clock->wall_us());
    }
    const auto now = status();
    if (rests(now.state))
        throw error(errc::projection_stopped, fmt::format("{}: {} {} {}", doing, kind_, now.name, why_it_rests(now)));
    throw error(errc::behind, fmt::format("{}: {} {} is at {}, {} and {} events behind the store", doing, kind_,
                                          now.name, to_string(now.reached), to_string(now.state), now.events_behind));
}

}  // namespace leftfold::inline v0::detail
