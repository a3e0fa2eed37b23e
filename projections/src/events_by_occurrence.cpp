#include "events_by_occurrence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "leftfold/projections/fold_live.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// How many events are in memory at once.
constexpr std::size_t page = 256;

}  // namespace

events_by_occurrence::events_by_occurrence(event_store& store, const choice& of) : store_(store.core()) {
    store_.read_all(cut(store_.partitions()), of.up_to, of.filter, payloads::skip, [&](const event_view& event) {
        if (event.occurred > of.when) return true;
        if (places_.size() == of.events_max)
            throw fold_too_large(
                fmt::format("bringing events into the order in which they occurred: there are more than {}, "
                            "replay_options::sorted_events_max",
                            of.events_max));
        places_.push_back({event.occurred.micros(), event.recorded.micros(), event.at, event.partition});
        return true;
    });
    std::sort(places_.begin(), places_.end(), [](const place& a, const place& b) {
        return std::tie(a.occurred, a.recorded) < std::tie(b.occurred, b.recorded);  // no two were recorded at one time
    });
}

void events_by_occurrence::visit(event_sink sink) const {
    for (std::size_t begin = 0; begin < places_.size(); begin += page) {
        const std::span these(places_.data() + begin, std::min(page, places_.size() - begin));
        std::map<partition_id, std::vector<offset>> wanted;
        for (const auto& each : these) wanted[each.partition].push_back(each.at);
        std::map<partition_id, std::vector<recorded_event>> read;
        for (const auto& [partition, offsets] : wanted)
            store_.read_at(partition, offsets, payloads::read, [&, to = &read[partition]](const event_view& event) {
                to->emplace_back(event);
                return true;
            });
        std::map<partition_id, std::size_t> given;
        for (const auto& each : these)
            if (!sink(read[each.partition][given[each.partition]++].view())) return;
    }
}

}  // namespace leftfold::inline v0::detail
