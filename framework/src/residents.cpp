#include "residents.hpp"

#include <iterator>
#include <utility>

namespace leftfold::inline v0::detail {
namespace {

/// Of the list, of the table and of the allocator, near enough.
constexpr std::size_t place_overhead_bytes = 128;

/// Counting walks through the whole state, so that is done again only when it has taken in a good part of its size.
std::size_t bytes_of(resident& held) {
    constexpr std::size_t part = 8;
    if (held.counted == 0 || held.grown > held.counted / part) {
        held.counted = held.state->bytes();
        held.grown = 0;
    }
    return held.counted + held.grown;
}

}  // namespace

void residents::move_out(places::iterator which, places& to) {
    found_.erase(which->key);
    counts_.bytes -= which->bytes;
    to.splice(to.end(), used_, which);
}

std::optional<resident> residents::take(const stream_id& stream) {
    places taken;
    const std::lock_guard lock(mutex_);
    const auto there = found_.find(stream.key());
    if (there == found_.end()) {
        ++counts_.missed;
        return std::nullopt;
    }
    ++counts_.used;
    move_out(there->second, taken);
    return std::move(taken.front().held);
}

void residents::put(const stream_id& stream, resident&& state) noexcept {
    try {
        places gone;  // outlives the lock, and with it go the states of which nobody knows how long they take to die
        places made;
        made.push_back({stream.key(), std::move(state), 0});
        auto& one = made.front();
        one.bytes = bytes_of(one.held) + sizeof(place) + one.key.size() + place_overhead_bytes;
        if (one.bytes > bytes_max_) return;
        const std::lock_guard lock(mutex_);
        if (const auto there = found_.find(stream.key()); there != found_.end()) {
            if (there->second->held.end.version >= one.held.end.version) return;
            move_out(there->second, gone);
        }
        found_.emplace(one.key, made.begin());
        used_.splice(used_.begin(), made);
        counts_.bytes += one.bytes;
        while (counts_.bytes > bytes_max_) {
            move_out(std::prev(used_.end()), gone);
            ++counts_.evicted;
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): a shortcut that is not there costs time only
    }
}

resident_counts residents::counts() const {
    const std::lock_guard lock(mutex_);
    auto now = counts_;
    now.held = used_.size();
    return now;
}

}  // namespace leftfold::inline v0::detail
