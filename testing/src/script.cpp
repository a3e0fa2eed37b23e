#include "script.hpp"

#include <algorithm>

namespace leftfold::inline v0::testing {

scripted event_of(std::string key, std::string payload, std::string type) {
    return {stream_id("test", std::move(key)), event_data(std::move(type), std::move(payload))};
}

std::vector<recorded_event> script::lay_out(const fence& held, const std::vector<scripted>& events) {
    auto heads = heads_;
    auto end = held.head;
    std::vector<recorded_event> group;
    for (const auto& [stream, data] : events) {
        recorded_event event;
        event.partition = partition_;
        event.at = end.at.next();
        event.recorded = recorded_at::from_micros(std::max<std::int64_t>(end.recorded.micros(), 1'000'000) + 1);
        event.occurred = data.occurred.value_or(occurred_at::from_micros(event.recorded.micros()));
        event.stream = stream;
        event.version = heads[stream] = heads[stream].next();
        event.type = data.type;
        event.id = data.id.is_nil() ? derive_event_id(to_string(event.position())) : data.id;
        event.metadata = data.metadata;
        event.payload = data.payload;
        event.integrity.chain = hasher_.next(end.chain, event.view());
        event.integrity.payload_crc = crc32c(event.payload);
        event.integrity.envelope_crc = envelope_crc(event.view());
        end = {event.at, event.recorded, event.integrity.chain};
        group.push_back(std::move(event));
    }
    return group;
}

void script::append(partition_log& log, fence& held, const std::vector<scripted>& events) {
    const auto group = lay_out(held, events);
    const auto report = log.append(held, views_of(group));
    if (report.status != append_status::committed) fail("an append did not commit: " + report.detail);
    for (const auto& event : group) {
        heads_[event.stream] = event.version;
        stored_.push_back(event);
    }
}

std::vector<event_view> views_of(const std::vector<recorded_event>& events) {
    std::vector<event_view> views;
    for (const auto& event : events) views.push_back(event.view());
    return views;
}

std::vector<recorded_event> read_all_of(partition_log& log, partition_id partition, const page_limits& limits,
                                        const event_filter& filter, payloads wanted) {
    std::vector<recorded_event> events;
    for (page_end end; !end.at_end;) {
        const auto before = end.scanned_to;
        end = log.read(partition, before, limits, filter, wanted, [&](const event_view& event) {
            events.emplace_back(event);
            return true;
        });
        if (!end.at_end && end.scanned_to <= before) fail("a page did not come further than the page before");
    }
    return events;
}

void expect_events(std::string_view what, const std::vector<recorded_event>& got,
                   const std::vector<recorded_event>& wanted) {
    for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i) {
        if (got[i] == wanted[i]) continue;
        fail(std::string(what) + ": event " + std::to_string(i + 1) + " is wrong: wanted " + show(wanted[i]) +
             ", got " + show(got[i]));
    }
    if (got.size() == wanted.size()) return;
    fail(std::string(what) + ": wanted " + std::to_string(wanted.size()) + " events, got " +
         std::to_string(got.size()));
}

void ports::reopen() {
    parts_ = {};
    parts_ = subject_.reopen();
}

}  // namespace leftfold::inline v0::testing
