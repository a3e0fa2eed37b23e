/// Logs that go wrong when they read.
#pragma once

#include <algorithm>
#include <set>

#include "storage/wrong_stores/decorators.hpp"

namespace wrong_stores {

/// Leaves out the second event of a partition.
class leaves_a_gap : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        return right().read(partition, after, limits, filter, wanted,
                            [&](const event_view& event) { return event.at == offset{2} || sink(event); });
    }
};

/// Begins a page with the event that the page before ended with.
class gives_an_event_twice : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto more = limits;
        ++more.events;
        ++more.scanned;
        const auto from = after > offset{} ? after.plus(-1) : after;
        return right().read(partition, from, after > offset{} ? more : limits, filter, wanted, sink);
    }
};

/// Shows an event only when a later one is there.
class shows_events_late : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto less = limits;
        less.up_to = std::min(limits.up_to, right().head(partition).at.plus(-1));
        return right().read(partition, after, less, filter, wanted, sink);
    }
};

/// Gives the events of a page from the last to the first.
class gives_events_out_of_order : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        event_page page;
        const auto end = right().read(partition, after, limits, filter, wanted, [&](const event_view& event) {
            page.add(event);
            return true;
        });
        for (auto i = page.size(); i-- > 0;) {
            if (!sink(page[i])) break;
        }
        return end;
    }
};

/// A log that changes each event that it gives in some way.
class changes_events : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        return right().read(partition, after, limits, filter, wanted,
                            [&](const event_view& event) { return sink(changed(event).view()); });
    }
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override {
        right().read_at(partition, offsets, wanted,
                        [&](const event_view& event) { return sink(changed(event).view()); });
    }

private:
    recorded_event changed(const event_view& event) {
        recorded_event copy(event);
        change(copy);
        return copy;
    }
    virtual void change(recorded_event& event) = 0;
};

/// Keeps times to the millisecond.
class ties_times final : public changes_events {
    void change(recorded_event& event) override {
        event.recorded = recorded_at::from_micros(event.recorded.micros() / 1'000 * 1'000);
    }

public:
    using changes_events::changes_events;
};

/// Keeps headers as a map does: one value for a name.
class keeps_headers_in_a_map final : public changes_events {
    void change(recorded_event& event) override {
        std::set<std::string_view> seen;
        headers unique;
        for (const auto& [name, value] : event.metadata) {
            if (seen.insert(name).second) unique.add(name, value);
        }
        event.metadata = unique;
    }

public:
    using changes_events::changes_events;
};

/// Writes JSON anew, as a store with a JSON column does.
class tidies_payloads final : public changes_events {
    void change(recorded_event& event) override {
        std::erase_if(event.payload, [](char c) { return c == ' ' || c == '\n'; });
    }

public:
    using changes_events::changes_events;
};

/// Filters by category and headers alone.
class ignores_types final : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto looser = filter;
        looser.types.clear();
        return right().read(partition, after, limits, looser, wanted, sink);
    }
};

/// Of a list in a filter, looks at the first alone.
class filters_by_the_first final : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto stricter = filter;
        if (filter.types.size() > 1) stricter.types.resize(1);
        return right().read(partition, after, limits, stricter, wanted, sink);
    }
};

/// Gives events that have a header of the name, whatever its value.
class ignores_header_values final : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto looser = filter;
        looser.headers.clear();
        const auto has = [](const event_view& event, const std::string& name) {
            return std::ranges::any_of(event.metadata, [&](const auto& header) { return header.first == name; });
        };
        return right().read(partition, after, limits, looser, wanted, [&](const event_view& event) {
            const bool wants_all = filter.headers.empty();
            return !(wants_all || has(event, filter.headers.front().first)) || sink(event);
        });
    }
};

/// Gives what is stored at a place as it is, without a look at the envelope's checksum.
class trusts_places final : public passing_log {
public:
    using passing_log::passing_log;
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override {
        try {
            right().read_at(partition, offsets, wanted, sink);
        } catch (const error&) {
            if (offsets.back() > right().head(partition).at) throw;
        }
    }
};

/// Takes letters for what they are on a typewriter: keys come back in lower case.
class folds_keys final : public changes_events {
    void change(recorded_event& event) override {
        auto key = event.stream.key();
        for (auto& letter : key) {
            if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
        }
        event.stream = stream_id(event.stream.category(), key);
    }

public:
    using changes_events::changes_events;
};

/// Reads whole rows, and filters them then.
class reads_payloads_first final : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter, payloads,
                  event_sink sink) override {
        return right().read(partition, after, limits, {}, payloads::read,
                            [&](const event_view& event) { return !filter.matches(event) || sink(event); });
    }
};

/// Looks at as many rows as it takes to find one that matches.
class scans_without_end final : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto more = limits;
        more.scanned = 1'000'000;
        return right().read(partition, after, more, filter, wanted, sink);
    }
};

/// Passes over events that are damaged.
class passes_over_damage final : public passing_log {
public:
    using passing_log::passing_log;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto reached = after;
        const auto watch = [&](const event_view& event) {
            reached = event.at;
            return sink(event);
        };
        try {
            return right().read(partition, after, limits, filter, wanted, watch);
        } catch (const error&) {
            return {.scanned_to = reached.next(), .at_end = false};
        }
    }
};

/// Skips offsets that it does not hold.
class reads_missing_places_as_nothing final : public passing_log {
public:
    using passing_log::passing_log;
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override {
        const auto head = right().head(partition).at;
        for (const auto& at : offsets) {
            if (at >= offset{1} && at <= head) right().read_at(partition, std::span(&at, 1), wanted, sink);
        }
    }
};

/// Has lost the last event when it is opened again: it acknowledged before the bytes were safe.
class forgets_the_last_event final : public passing_log {
public:
    explicit forgets_the_last_event(std::shared_ptr<partition_log> right) : passing_log(std::move(right)) {
        limit_ = passing_log::head(partition_id{}).at.plus(-1);
    }
    partition_head head(partition_id partition) override {
        partition_head found = right().head(partition);
        if (limit_ < offset{1} || found.at <= limit_) return found;
        right().read_at(partition, std::span(&limit_, 1), payloads::skip, [&](const event_view& event) {
            found = {event.at, event.recorded, event.integrity.chain};
            return true;
        });
        return found;
    }
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        auto less = limits;
        if (limit_ >= offset{1}) less.up_to = std::min(limits.up_to, limit_);
        return right().read(partition, after, less, filter, wanted, sink);
    }

private:
    offset limit_{};
};

}  // namespace wrong_stores
