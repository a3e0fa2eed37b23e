#include <algorithm>
#include <limits>

#include "store_core.hpp"

namespace leftfold::inline v0 {

namespace {

/// Offsets that one look-up in the index brings: few at first, since many who read a stream stop early, then twice as
/// many each time.
constexpr std::size_t first_offsets = 128;
constexpr std::size_t most_offsets = 4'096;

/// One partition's place in a merged reading: a page of events and how far it was given.
struct merge_lane {
    partition_id partition;
    offset after;
    offset up_to;
    event_page page{};
    std::size_t next = 0;
    bool at_end = false;

    bool has_event() const { return next != page.size(); }
    const event_view& event() const { return page[next]; }
};

void fill(merge_lane& lane, partition_log& log, const event_filter& filter, payloads wanted) {
    lane.page.clear();
    lane.next = 0;
    while (lane.page.empty() && lane.after < lane.up_to && !lane.at_end) {
        const auto end =
            log.read(lane.partition, lane.after, {.up_to = lane.up_to}, filter, wanted, [&](const event_view& event) {
                lane.page.add(event);
                return true;
            });
        lane.after = end.scanned_to;
        lane.at_end = end.at_end;
    }
}

}  // namespace

std::size_t store_core::visit_stream(const stream_id& stream, stream_read options, event_sink sink) {
    check_open();
    const auto partition = partition_of(stream.key());
    auto from = options.from;
    if (from == version{}) {
        from = version{1};
        if (options.way == direction::backward) {
            const auto head = parts.index->head(partition, stream);
            if (!head) return 0;
            from = head->version;
        }
    }
    if (options.way == direction::forward) from = std::max(from, version{1});
    std::size_t given = 0;
    bool stopped = false;
    auto page = std::min(first_offsets, options.count);
    while (given < options.count && !stopped && from >= version{1}) {
        const auto offsets = parts.index->find(partition, stream, from, page, options.way);
        if (offsets.empty()) break;
        version last;
        parts.log->read_at(partition, offsets, options.wanted, [&](const event_view& event) {
            ++given;
            last = event.version;
            stopped = !sink(event);
            return !stopped;
        });
        if (offsets.size() < page) break;
        // Not from where it was asked to begin, which may lie beyond the stream's end.
        from = last.plus(options.way == direction::forward ? 1 : -1);
        page = std::min({2 * page, most_offsets, options.count - given});
    }
    return given;
}

cut store_core::read_all(const cut& after, const cut& up_to, const event_filter& filter, payloads wanted,
                         event_sink sink) {
    check_open();
    cut reached(parts.partitions);
    std::vector<merge_lane> lanes;
    for (std::uint32_t p = 0; p != parts.partitions; ++p) {
        const partition_id partition(p);
        reached.set(partition, after.at(partition));
        if (after.at(partition) >= up_to.at(partition)) continue;
        lanes.push_back({partition, after.at(partition), up_to.at(partition)});
        fill(lanes.back(), *parts.log, filter, wanted);
    }
    // A heap of the lanes' next events; the earliest is on top.
    const auto later = [&](std::size_t a, std::size_t b) {
        return lanes[a].event().recorded > lanes[b].event().recorded;
    };
    std::vector<std::size_t> heap;
    for (std::size_t i = 0; i != lanes.size(); ++i)
        if (lanes[i].has_event()) heap.push_back(i);
    std::make_heap(heap.begin(), heap.end(), later);
    while (!heap.empty()) {
        std::pop_heap(heap.begin(), heap.end(), later);
        auto& lane = lanes[heap.back()];
        if (!sink(lane.event())) {
            // What was given is a prefix of the merged order, hence a prefix of each partition.
            ++lane.next;
            for (const auto& each : lanes)
                reached.set(each.partition, each.has_event() ? each.event().at.plus(-1) : each.after);
            return reached;
        }
        if (++lane.next == lane.page.size()) fill(lane, *parts.log, filter, wanted);
        if (lane.has_event())
            std::push_heap(heap.begin(), heap.end(), later);
        else
            heap.pop_back();
    }
    for (const auto& each : lanes) reached.set(each.partition, each.after);
    return reached;
}

}  // namespace leftfold::inline v0
