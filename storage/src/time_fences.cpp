#include "time_fences.hpp"

#include <algorithm>
#include <bit>

namespace leftfold::inline v0 {

namespace {

/// Unknown fences that lie this near to each other are read in one go.
constexpr std::int64_t block = 64;

/// The number in [first, last] with the most zeroes at its end. Searches that halve here ask for the same fences again
/// and again, however far the log has grown in between.
std::int64_t roundest(std::int64_t first, std::int64_t last) {
    const auto differ = static_cast<std::uint64_t>(first ^ last);
    if (differ == 0) return first;
    const auto low_bits = std::bit_floor(differ) - 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(last) & ~low_bits);
}

}  // namespace

time_fences::time_fences(std::size_t most) : most_(std::max<std::size_t>(most, 2)) {}

time_fences::mark time_fences::newest() const {
    const std::lock_guard lock(mutex_);
    return newest_;
}

std::int64_t time_fences::spacing() const {
    const std::lock_guard lock(mutex_);
    return spacing_;
}

void time_fences::saw_head(mark head) {
    const std::lock_guard lock(mutex_);
    if (head.at > newest_.at) newest_ = head;
}

void time_fences::grew(offset before, mark last) {
    const std::lock_guard lock(mutex_);
    for (auto fence = before.value() / spacing_ + 1; fence * spacing_ <= last.at.value(); ++fence) {
        const offset at(fence * spacing_);
        learn(at, last.recorded.micros() - (last.at.value() - at.value()));
        fence = at.value() / spacing_;  // learning may have doubled the spacing
    }
    if (last.at > newest_.at) newest_ = last;
}

void time_fences::learn(offset at, std::int64_t recorded) {
    if (at.value() % spacing_ == 0) make_room(at.value() / spacing_);
    if (at.value() % spacing_ != 0) return;  // the spacing doubled, and the event is no fence any more
    recorded_[static_cast<std::size_t>(at.value() / spacing_ - 1)] = recorded;
}

void time_fences::make_room(fence_number last) {
    while (static_cast<std::size_t>(last) > most_) {
        for (std::size_t kept = 0; 2 * kept + 1 < recorded_.size(); ++kept) recorded_[kept] = recorded_[2 * kept + 1];
        recorded_.resize(recorded_.size() / 2);
        spacing_ *= 2;
        last /= 2;
    }
    if (static_cast<std::size_t>(last) > recorded_.size()) recorded_.resize(static_cast<std::size_t>(last), unknown);
}

std::int64_t time_fences::known(fence_number fence) const {
    return static_cast<std::size_t>(fence) <= recorded_.size() ? recorded_[static_cast<std::size_t>(fence - 1)]
                                                               : unknown;
}

/// Narrows the window as far as what is known allows. Returns the fences to be read before it can be narrowed further;
/// none when there is no fence left inside.
std::vector<offset> time_fences::narrow(recorded_at when, window& found) const {
    for (;;) {
        const auto first = found.after.value() / spacing_ + 1;
        const auto last = (found.before.value() - 1) / spacing_;
        if (first > last) return {};
        const auto middle = roundest(first, last);
        const auto recorded = known(middle);
        const offset at(middle * spacing_);
        if (recorded != unknown) {
            (recorded <= when.micros() ? found.after : found.before) = at;
            continue;
        }
        if (last - first >= block) return {at};
        std::vector<offset> wanted;
        for (auto fence = first; fence <= last; ++fence)
            if (known(fence) == unknown) wanted.emplace_back(fence * spacing_);
        return wanted;
    }
}

time_fences::window time_fences::around(recorded_at when, reader read) {
    window found;
    std::vector<offset> wanted;
    std::vector<recorded_at> times;
    {
        const std::lock_guard lock(mutex_);
        found.before = newest_.at;
        wanted = narrow(when, found);
    }
    while (!wanted.empty()) {
        times.clear();
        read(wanted, times);
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i != wanted.size(); ++i) learn(wanted[i], times[i].micros());
        wanted = narrow(when, found);
    }
    return found;
}

}  // namespace leftfold::inline v0
