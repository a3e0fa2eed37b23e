#include "exporting.hpp"

#include <algorithm>

#include "cloud_event.hpp"

namespace leftfold::inline v0::tools {

namespace {

std::int64_t events_between(const cut& after, const cut& up_to) {
    std::int64_t events = 0;
    for (std::uint32_t p = 0; p != up_to.partitions(); ++p)
        events += std::max<std::int64_t>(0, up_to.at(partition_id(p)).value() - after.at(partition_id(p)).value());
    return events;
}

}  // namespace

std::int64_t export_events(event_store& store, const selection& chosen, export_order order, const console& on) {
    const auto range = range_of(store, chosen, on);
    const auto all = events_between(range.after, range.up_to);
    on.line(to_line(export_header{.store = store.id(),
                                  .partitions = store.partitions(),
                                  .up_to = range.up_to,
                                  .complete = chosen.is_everything(),
                                  .merged = order == export_order::by_time}));
    progress_bar bar(on, "exporting");
    std::int64_t written = 0;
    const auto filter = chosen.filter();
    const auto write = [&](const event_view& event) {
        on.line(to_line(event));
        bar.show(++written, all);
        return true;
    };
    if (order == export_order::by_time) {
        store.read_all(range.after, range.up_to, filter, payloads::read, write);
        return written;
    }
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const partition_id partition(p);
        auto after = range.after.at(partition);
        while (after < range.up_to.at(partition)) {
            const auto end = store.read_partition(partition, after, {.up_to = range.up_to.at(partition)}, filter,
                                                  payloads::read, write);
            if (end.at_end) break;
            after = end.scanned_to;
        }
    }
    return written;
}

}  // namespace leftfold::inline v0::tools
