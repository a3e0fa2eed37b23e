#include "sqlite/fork_log.hpp"

#include <algorithm>

#include "sqlite/event_rows.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

/// Counts what a page of the parent's gives, so that the page goes on among the fork's own events with what is left.
struct page_so_far {
    std::size_t events = 0;
    std::size_t bytes = 0;
    bool stopped = false;
};

}  // namespace

page_end fork_log::read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                        payloads wanted, event_sink sink) {
    const auto cut_at = cut(partition);
    if (after >= cut_at) return own_->read(partition, after, limits, filter, wanted, sink);
    auto below = limits;
    below.up_to = std::min(limits.up_to, cut_at);
    page_so_far given;
    auto end = parent_->read(partition, after, below, filter, wanted, [&](const event_view& event) {
        ++given.events;
        given.bytes += event.payload.size();
        given.stopped = !sink(event);
        return !given.stopped;
    });
    if (end.at_end && end.scanned_to < below.up_to)
        throw_corrupt({partition, end.scanned_to.next()}, "the fork's parent had this event, and has it no more");
    if (limits.up_to <= cut_at) return end;
    const auto scanned = static_cast<std::size_t>(end.scanned_to.value() - after.value());
    if (end.scanned_to < cut_at || given.stopped || given.events >= limits.events || given.bytes >= limits.bytes ||
        scanned >= limits.scanned) {
        end.at_end = end.scanned_to >= std::min(limits.up_to, own_->head(partition).at);
        return end;
    }
    const page_limits rest{.events = limits.events - given.events,
                           .bytes = limits.bytes - given.bytes,
                           .scanned = limits.scanned - scanned,
                           .up_to = limits.up_to};
    return own_->read(partition, cut_at, rest, filter, wanted, sink);
}

void fork_log::read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) {
    bool stopped = false;
    const auto watched = [&](const event_view& event) { return !(stopped = !sink(event)); };
    while (!offsets.empty() && !stopped) {
        const auto is_below = [&](offset at) { return at <= cut(partition); };
        const bool below = is_below(offsets.front());
        const auto end = std::ranges::find_if(offsets, [&](offset at) { return is_below(at) != below; });
        const auto side = offsets.first(static_cast<std::size_t>(end - offsets.begin()));
        if (below)
            parent_->read_at(partition, side, wanted, watched);
        else
            own_->read_at(partition, side, wanted, watched);
        offsets = offsets.subspan(side.size());
    }
}

const store_place* place_of(const partition_log& log) {
    if (const auto* const plain = dynamic_cast<const sqlite_log*>(&log)) return &plain->place();
    if (const auto* const fork = dynamic_cast<const fork_log*>(&log)) return &fork->place();
    return nullptr;
}

}  // namespace leftfold::inline v0::sqlite
