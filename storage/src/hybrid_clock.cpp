#include "hybrid_clock.hpp"

#include <algorithm>

#include "leftfold/storage/assert.hpp"

namespace leftfold::inline v0 {

hybrid_clock::hybrid_clock(clock_source& source, const store_limits& limits, recorded_at last, recorded_at bound)
    : source_(source),
      limits_(limits),
      h_(last.micros()),
      bound_(bound.micros()),
      wall_(source.wall_us()),
      elapsed_(source.elapsed_us()) {}

errc hybrid_clock::trouble(std::int64_t wall, std::int64_t elapsed) const {
    const auto jumped = (wall - wall_) - (elapsed - elapsed_);
    if (jumped > limits_.max_clock_jump.count()) return errc::clock_jump;
    if (h_ - wall - accepted_ahead_ > limits_.max_clock_ahead.count()) return errc::clock_ahead;
    return errc::ok;
}

errc hybrid_clock::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble(source_.wall_us(), source_.elapsed_us());
}

hybrid_clock::stamps hybrid_clock::reserve(partition_id partition, std::size_t count) {
    const std::lock_guard lock(mutex_);
    const auto wall = source_.wall_us();
    const auto elapsed = source_.elapsed_us();
    if (const auto wrong = trouble(wall, elapsed); wrong != errc::ok) return {.refused = wrong};
    const auto first = std::max(h_ + 1, wall);
    const auto last = first + static_cast<std::int64_t>(count) - 1;
    if (last > bound_) return {.refused = errc::would_block};
    wall_ = wall;
    elapsed_ = elapsed;
    accepted_ahead_ = std::clamp(h_ - wall, std::int64_t{0}, accepted_ahead_);
    h_ = last;
    const bool was_free = open_.emplace(partition, stamps_in_use{first}).second;
    LEFTFOLD_ASSERT(was_free);  // one group of a partition is in flight at a time
    return {.first = recorded_at::from_micros(first)};
}

void hybrid_clock::release(partition_id partition) {
    const std::lock_guard lock(mutex_);
    open_.erase(partition);
}

void hybrid_clock::doubt(partition_id partition) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(partition);
    LEFTFOLD_ASSERT(found != open_.end());  // only a group with stamps can be in doubt
    found->second.in_doubt = true;
}

closed_state hybrid_clock::state_locked() const {
    auto closed = h_;
    closed_state found;
    for (const auto& [partition, use] : open_) {
        if (use.first > closed) continue;
        closed = use.first - 1;
        found.held_by = use.in_doubt ? std::optional(partition) : std::nullopt;
    }
    found.until = recorded_at::from_micros(closed);
    return found;
}

closed_state hybrid_clock::state() const {
    const std::lock_guard lock(mutex_);
    return state_locked();
}

recorded_at hybrid_clock::close(recorded_at when) {
    const std::lock_guard lock(mutex_);
    const auto wall = source_.wall_us();
    if (trouble(wall, source_.elapsed_us()) == errc::ok) h_ = std::max(h_, std::min({when.micros(), wall, bound_}));
    return state_locked().until;
}

void hybrid_clock::accept() {
    const std::lock_guard lock(mutex_);
    wall_ = source_.wall_us();
    elapsed_ = source_.elapsed_us();
    accepted_ahead_ = std::max(std::int64_t{0}, h_ - wall_);
}

std::optional<recorded_at> hybrid_clock::wanted_bound() const {
    const std::lock_guard lock(mutex_);
    auto wall = source_.wall_us();
    // A wall clock that cannot be trusted must not carry the bound away with it.
    if (trouble(wall, source_.elapsed_us()) == errc::clock_jump) wall = h_ - bound_ahead_us;
    if (bound_ >= std::max(wall + bound_margin_us, h_ + bound_step_us / 2)) return std::nullopt;
    return recorded_at::from_micros(std::max(wall + bound_ahead_us, h_ + bound_step_us));
}

void hybrid_clock::raise_bound(recorded_at saved) {
    const std::lock_guard lock(mutex_);
    bound_ = std::max(bound_, saved.micros());
}

}  // namespace leftfold::inline v0
