#include <algorithm>

#include "support/property.hpp"
#include "support/property_store.hpp"
#include "support/store_properties.hpp"

namespace leftfold::test_support {

namespace {

/// Appends what a step draws, to one of six streams of the case.
void append_something(dice& roll, property_store& store) {
    const stream_id stream(roll.roll(2) == 0 ? "even" : "odd", store.name("s" + std::to_string(roll.roll(3))));
    std::vector<event_data> events;
    for (auto left = 1 + roll.roll(4); left > 0; --left) {
        events.emplace_back("type." + std::to_string(roll.roll(3)), std::string(roll.roll(50), 'p'));
        if (roll.roll(4) == 0) events.back().metadata.add("actor", roll.roll(2) == 0 ? "ann" : "bob");
    }
    if (roll.roll(3) == 0) store.clock().advance(std::chrono::microseconds{roll.roll(2'000)});
    RC_ASSERT(store->append(stream, expected_version::any(), std::move(events)).has_value());
}

event_filter draw_filter(dice& roll) {
    event_filter filter;
    if (roll.roll(3) == 0) filter.categories = {roll.roll(2) == 0 ? "even" : "odd"};
    if (roll.roll(2) == 0) filter.types = {"type." + std::to_string(roll.roll(3)), "type.0"};
    if (roll.roll(3) == 0) filter.headers = {{"actor", "ann"}};
    return filter;
}

/// What stands in the store after `from`, found by the plainest reading there is: one event at a time by its place.
std::vector<recorded_event> all_after(event_store& store, const cut& from) {
    std::vector<recorded_event> events;
    const auto heads = store.heads();
    for (std::uint32_t p = 0; p < store.partitions(); ++p) {
        const partition_id partition(p);
        for (auto at = from.at(partition).next(); at <= heads.at(partition); at = at.next()) {
            store.read_at(partition, std::span(&at, 1), payloads::read, [&](const event_view& event) {
                events.emplace_back(event);
                return true;
            });
        }
    }
    return events;
}

std::vector<recorded_event> matching(std::vector<recorded_event> events, const event_filter& filter) {
    std::erase_if(events, [&](const auto& event) { return !filter.matches(event.view()); });
    return events;
}

void check_pages(dice& roll, event_store& store, const cut& from, const std::vector<recorded_event>& all) {
    const auto filter = draw_filter(roll);
    const page_limits limits{.events = 1 + roll.roll(7), .bytes = 1 + roll.roll(200), .scanned = 1 + roll.roll(9)};
    std::vector<recorded_event> read;
    for (std::uint32_t p = 0; p < store.partitions(); ++p) {
        const partition_id partition(p);
        for (page_end end{.scanned_to = from.at(partition)}; !end.at_end;) {
            std::size_t given = 0;
            const auto after = end.scanned_to;
            end = store.read_partition(partition, after, limits, filter, payloads::read, [&](const event_view& event) {
                read.emplace_back(event);
                ++given;
                return true;
            });
            RC_ASSERT(given <= limits.events);
            RC_ASSERT(end.at_end || end.scanned_to > after);
            RC_ASSERT(end.scanned_to.value() - after.value() <= static_cast<std::int64_t>(limits.scanned));
        }
    }
    RC_ASSERT(read == matching(all, filter));
}

void check_stream(dice& roll, event_store& store, const std::vector<recorded_event>& all) {
    if (all.empty()) return;
    const auto stream = roll.pick(all).stream;
    auto expected = all;
    std::erase_if(expected, [&](const auto& event) { return event.stream != stream; });
    const auto from = 1 + roll.roll(expected.size() + 1);
    const auto count = roll.roll(expected.size() + 2);
    const bool forward = roll.roll(2) == 0;
    if (forward) {
        expected.erase(expected.begin(),
                       expected.begin() + static_cast<std::ptrdiff_t>(std::min(from - 1, expected.size())));
    } else {
        expected.resize(std::min(from, expected.size()));
        std::ranges::reverse(expected);
    }
    expected.resize(std::min(count, expected.size()));
    RC_ASSERT(store.read_stream(stream, {.from = version(static_cast<std::int64_t>(from)),
                                         .way = forward ? direction::forward : direction::backward,
                                         .count = count}) == expected);
}

void check_merged(dice& roll, event_store& store, const cut& from, const std::vector<recorded_event>& all) {
    const auto filter = draw_filter(roll);
    auto expected = matching(all, filter);
    std::ranges::sort(expected, {}, &recorded_event::recorded);
    const auto step = 1 + roll.roll(9);
    std::vector<recorded_event> read;
    const auto heads = store.heads();
    for (auto reached = from; !reached.covers(heads);) {
        std::size_t taken = 0;
        reached = store.read_all(reached, heads, filter, payloads::read, [&](const event_view& event) {
            read.emplace_back(event);
            return ++taken < step;
        });
    }
    RC_ASSERT(read == expected);
}

/// The cut of a time, by counting.
cut counted(const cut& from, const std::vector<recorded_event>& all, recorded_at when) {
    auto found = from;
    for (const auto& event : all) {
        if (event.recorded <= when) found.set(event.partition, std::max(found.at(event.partition), event.at));
    }
    return found;
}

}  // namespace

void check_pages_against_a_loop(const testing::engine_maker& maker) {
    property_store store(maker);
    check_property("pages and streams give what a loop gives", cases_per_property, [&](std::vector<dice>& steps) {
        store.begin_case();
        const auto from = store->heads();
        for (auto& roll : steps) {
            if (roll.roll(5) != 0) append_something(roll, store);
        }
        const auto all = all_after(*store, from);
        for (auto& roll : steps) {
            const auto question = roll.roll(8);
            if (question == 0) check_pages(roll, *store, from, all);
            if (question == 1) check_stream(roll, *store, all);
        }
    });
}

void check_cuts_against_sorting(const testing::engine_maker& maker) {
    property_store store(maker);
    check_property("readings are sorted, and cuts stay", cases_per_property, [&](std::vector<dice>& steps) {
        store.begin_case();
        store.clock().advance(std::chrono::microseconds{10'000});  // times of this case are its own
        const auto from = store->heads();
        std::vector<std::pair<recorded_at, cut>> asked;
        const recorded_at start(store.clock().now());
        for (auto& roll : steps) {
            if (roll.roll(4) != 0) {
                append_something(roll, store);
                continue;
            }
            store.clock().advance(std::chrono::microseconds{roll.roll(50)});
            const auto span = store.clock().now() - start.time() + std::chrono::microseconds{1};
            const recorded_at when(start.time() +
                                   std::chrono::microseconds{roll.roll(static_cast<std::size_t>(span.count()))});
            asked.emplace_back(when, store->cut_at(when));
        }
        const auto all = all_after(*store, from);
        for (const auto& [when, then] : asked) {
            RC_ASSERT(then == counted(from, all, when));
            RC_ASSERT(store->cut_at(when) == then);
        }
        for (auto& roll : steps) {
            if (roll.roll(10) == 0) check_merged(roll, *store, from, all);
        }
    });
}

}  // namespace leftfold::test_support
