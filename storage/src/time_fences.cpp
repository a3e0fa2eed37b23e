#include "time_fences.hpp"

#include <algorithm>
#include <bit>

namespace leftfold::inline v0 {

namespace {

/// Among so many fences or fewer, events come evenly enough for a guess by the time itself.
constexpr std::int64_t neighbourhood = 64;

/// Fences as near to each other as this lie a dozen on a page of the log, so that reading all of a neighbourhood costs
/// little more than reading one in each corner of it.
constexpr std::int64_t spacing_of_neighbours = 2;

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

/// When the event at one end of a window was recorded; unknown where that is no fence any more.
std::int64_t time_fences::time_at(offset end) const {
    if (end == newest_.at) return newest_.recorded.micros();
    return end == offset{} || end.value() % spacing_ != 0 ? unknown : known(end.value() / spacing_);
}

/// The fence in [first, last] that is probably the last one before `when`: as far into the window as its time is.
time_fences::fence_number time_fences::guess(recorded_at when, const window& in, fence_number first,
                                             fence_number last) const {
    const auto from = time_at(in.after);
    const auto to = time_at(in.before);
    if (from == unknown || to <= from) return first + (last - first) / 2;
    const auto part = static_cast<double>(when.micros() - from) / static_cast<double>(to - from);
    const auto events = part * static_cast<double>(in.before.value() - in.after.value());
    return std::clamp((in.after.value() + static_cast<std::int64_t>(events)) / spacing_, first, last);
}

std::vector<offset> time_fences::unknown_among(fence_number first, fence_number last) const {
    std::vector<offset> found;
    for (auto fence = first; fence <= last; ++fence)
        if (known(fence) == unknown) found.emplace_back(fence * spacing_);
    return found;
}

/// Narrows the window as far as what is known allows. Returns the fences to be read before it can be narrowed further;
/// none when there is no fence left inside.
///
/// Far apart, it halves: those fences serve every later question. Near the time it guesses, and asks for the fence
/// behind the guess as well, which is mostly all it takes; every other round halves, for times that bunch. Where
/// somebody has asked before, and fences are cheap, it asks for the whole neighbourhood, so that no third one pays.
std::vector<offset> time_fences::narrow(recorded_at when, window& found, int round) const {
    for (;;) {
        const auto first = found.after.value() / spacing_ + 1;
        const auto last = (found.before.value() - 1) / spacing_;
        if (first > last) return {};
        const bool is_near = last - first < neighbourhood;
        if (is_near && round == 0 && spacing_ <= spacing_of_neighbours) {
            auto wanted = unknown_among(first, last);
            const bool is_visited = std::ssize(wanted) <= last - first;
            if (is_visited && !wanted.empty()) return wanted;
        }
        const auto fence = is_near && round % 2 == 0 ? guess(when, found, first, last) : roundest(first, last);
        const auto recorded = known(fence);
        const offset at(fence * spacing_);
        if (recorded != unknown) {
            (recorded <= when.micros() ? found.after : found.before) = at;
            continue;
        }
        if (!is_near || fence == last || known(fence + 1) != unknown) return {at};
        return {at, at.plus(spacing_)};
    }
}

time_fences::window time_fences::around(recorded_at when, reader read) {
    window found;
    std::vector<offset> wanted;
    std::vector<recorded_at> times;
    {
        const std::lock_guard lock(mutex_);
        found.before = newest_.at;
        wanted = narrow(when, found, 0);
    }
    for (int round = 1; !wanted.empty(); ++round) {
        times.clear();
        read(wanted, times);
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i != wanted.size(); ++i) learn(wanted[i], times[i].micros());
        wanted = narrow(when, found, round);
    }
    return found;
}

}  // namespace leftfold::inline v0
