#include "log_read_cases.hpp"

#include "script.hpp"

namespace leftfold::inline v0::testing {

namespace {

using std::to_string;

/// A partition with twelve events: four kinds in turn, ten payload bytes each.
class twelve_events {
public:
    twelve_events(engine& subject, variant how) : at_(subject, how) {
        auto held = at_.log().claim(p0, "owner");
        for (int i = 0; i < 12; ++i) {
            auto event = event_of("key" + to_string(i % 3), "{\"n\":1" + to_string(100 + i) + "}",
                                  i % 2 == 0 ? "test.even" : "test.odd");
            if (i % 4 == 0) event.stream = stream_id("other", "key");
            if (i % 6 == 0) event.data.metadata = {{"actor", "eve"}, {"actor", "ann"}};
            script_.append(at_.log(), held, {event});
        }
        at_.between();
    }

    partition_log& log() { return at_.log(); }
    /// Its events by number, from 1.
    std::vector<recorded_event> only(const std::vector<std::size_t>& numbers) const {
        std::vector<recorded_event> events;
        for (const auto number : numbers) events.push_back(script_.stored().at(number - 1));
        return events;
    }

private:
    ports at_;
    script script_;
};

/// One page, and where it ended.
struct page {
    std::vector<recorded_event> events;
    page_end end;
};

page read_page(partition_log& log, offset after, const page_limits& limits, const event_filter& filter = {},
               payloads wanted = payloads::read) {
    page read;
    read.end = log.read(p0, after, limits, filter, wanted, [&](const event_view& event) {
        read.events.emplace_back(event);
        return true;
    });
    return read;
}

void an_empty_partition_reads_as_empty(engine& subject, variant how) {
    ports at(subject, how);
    at.between();
    const auto read = read_page(at.log(), offset{}, {});
    expect_equal("events", read.events.size(), 0U);
    expect(read.end.at_end, "the page does not say that the log ended");
    expect_equal("scanned to", read.end.scanned_to, offset{});
}

void a_page_ends_at_its_number_of_events(engine& subject, variant how) {
    twelve_events at(subject, how);
    const auto read = read_page(at.log(), offset{3}, {.events = 4});
    expect_events("the page", read.events, at.only({4, 5, 6, 7}));
    expect_equal("scanned to", read.end.scanned_to, offset(7));
    expect(!read.end.at_end, "the page says that the log ended");
}

void a_page_ends_after_its_bytes(engine& subject, variant how) {
    twelve_events at(subject, how);
    const auto read = read_page(at.log(), offset{}, {.bytes = 15});
    expect_events("the page: the event that passes the bound is given", read.events, at.only({1, 2}));
    expect_equal("scanned to", read.end.scanned_to, offset(2));
    const auto least = read_page(at.log(), offset{}, {.bytes = 1});
    expect_events("a page that no event fits in gives one", least.events, at.only({1}));
}

void a_page_ends_after_the_rows_that_it_may_look_at(engine& subject, variant how) {
    twelve_events at(subject, how);
    const event_filter nothing{.types = {"test.never"}};
    const auto read = read_page(at.log(), offset{2}, {.scanned = 5}, nothing);
    expect_equal("events", read.events.size(), 0U);
    expect_equal("scanned to", read.end.scanned_to, offset(7));
    expect(!read.end.at_end, "the page says that the log ended");
}

void a_page_ends_at_the_offset_asked(engine& subject, variant how) {
    twelve_events at(subject, how);
    const auto read = read_page(at.log(), offset{2}, {.up_to = offset{5}});
    expect_events("the page", read.events, at.only({3, 4, 5}));
    expect_equal("scanned to", read.end.scanned_to, offset(5));
    expect(read.end.at_end, "the page does not say that nothing is left at or below the bound");
    const auto none = read_page(at.log(), offset{5}, {.up_to = offset{5}});
    expect_equal("events of an empty range", none.events.size(), 0U);
    expect(none.end.at_end, "an empty range is not at its end");
}

void a_page_ends_where_the_reader_stops(engine& subject, variant how) {
    twelve_events at(subject, how);
    std::size_t given = 0;
    const auto end =
        at.log().read(p0, offset{}, {}, {}, payloads::read, [&](const event_view&) { return ++given < 3; });
    expect_equal("events given", given, 3U);
    expect_equal("scanned to", end.scanned_to, offset(3));
    expect(!end.at_end, "the page says that the log ended");
}

void pages_join_without_gap_or_overlap(engine& subject, variant how) {
    twelve_events at(subject, how);
    const auto all = at.only({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    for (std::size_t size = 1; size <= 13; ++size) {
        expect_events("pages of " + to_string(size), read_all_of(at.log(), p0, {.events = size}), all);
        expect_events("scans of " + to_string(size), read_all_of(at.log(), p0, {.scanned = size}), all);
    }
}

void reading_after_the_head_finds_nothing(engine& subject, variant how) {
    twelve_events at(subject, how);
    for (const auto after : {offset{12}, offset{1'000}}) {
        const auto read = read_page(at.log(), after, {});
        expect_equal("events", read.events.size(), 0U);
        expect(read.end.at_end, "the page does not say that the log ended");
        expect_equal("scanned to", read.end.scanned_to, after);
    }
}

void a_filter_gives_what_matches_and_nothing_else(engine& subject, variant how) {
    twelve_events at(subject, how);
    const auto read = [&](const event_filter& filter) { return read_all_of(at.log(), p0, {.events = 2}, filter); };
    expect_events("by category", read({.categories = {"other", "none"}}), at.only({1, 5, 9}));
    expect_events("by either of two categories", read({.categories = {"none", "other"}}), at.only({1, 5, 9}));
    expect_events("by type", read({.types = {"test.odd"}}), at.only({2, 4, 6, 8, 10, 12}));
    expect_events("by either of two types", read({.types = {"test.never", "test.odd"}}), at.only({2, 4, 6, 8, 10, 12}));
    expect_events("by a second header of its name", read({.headers = {{"actor", "ann"}}}), at.only({1, 7}));
    expect_events("by all three", read({.categories = {"test"}, .types = {"test.even"}, .headers = {{"actor", "eve"}}}),
                  at.only({7}));
    expect_events("by either of two headers", read({.headers = {{"actor", "bob"}, {"actor", "ann"}}}), at.only({1, 7}));
    expect_events("by the start of a type", read({.types = {"test"}}), {});
    expect_events("by the start of a category", read({.categories = {"othe"}}), {});
    expect_events("by another value of a header", read({.headers = {{"actor", "bob"}}}), {});
    expect_events("by another name of a value", read({.headers = {{"author", "ann"}}}), {});
}

void envelopes_come_without_payload(engine& subject, variant how) {
    twelve_events at(subject, how);
    auto wanted = at.only({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    for (auto& event : wanted) event.payload.clear();
    expect_events("envelopes", read_all_of(at.log(), p0, {}, {}, payloads::skip), wanted);
}

void read_at_gives_events_in_the_order_asked(engine& subject, variant how) {
    twelve_events at(subject, how);
    const std::vector<offset> places{offset{7}, offset{2}, offset{12}, offset{2}, offset{1}};
    std::vector<recorded_event> got;
    at.log().read_at(p0, places, payloads::read, [&](const event_view& event) {
        got.emplace_back(event);
        return true;
    });
    expect_events("read_at", got, at.only({7, 2, 12, 2, 1}));
    std::size_t given = 0;
    at.log().read_at(p0, places, payloads::skip, [&](const event_view& event) {
        expect(event.payload.empty(), "an envelope came with a payload");
        return ++given < 2;
    });
    expect_equal("events given before the reader stopped", given, 2U);
    at.log().read_at(p0, {}, payloads::read, [&](const event_view&) -> bool { fail("nothing was asked for"); });
}

void read_at_of_an_offset_that_is_not_there_is_damage(engine& subject, variant how) {
    twelve_events at(subject, how);
    for (const auto missing : {offset{13}, offset{0}, offset{-1}}) {
        const auto text = expect_error(errc::corrupt, "reading an offset that is not there", [&] {
            at.log().read_at(p0, std::vector{missing}, payloads::read, [](const event_view&) { return true; });
        });
        expect_mentions(text, to_string(missing.value()));
    }
}

/// A partition of three events of which the second is stored damaged, as bit rot would leave it.
class damaged_event {
public:
    damaged_event(engine& subject, variant how, void (*damage)(recorded_event&)) : at_(subject, how) {
        script script;
        auto held = at_.log().claim(p0, "owner");
        auto group = script.lay_out(held, {event_of("a"), event_of("b", "{\"n\":1}", "test.rotten"), event_of("c")});
        damage(group[1]);
        const auto report = at_.log().append(held, views_of(group));
        if (report.status != append_status::committed) fail("the log did not store the columns as they were given");
        at_.between();
    }

    partition_log& log() { return at_.log(); }

    /// Fails unless `read` reports the damage, with its place.
    void expect_found(std::string_view what, function_ref<void()> read) {
        expect_mentions(expect_error(errc::corrupt, what, read), "0:2");
    }

private:
    ports at_;
};

void a_damaged_payload_is_found_when_it_is_delivered(engine& subject, variant how) {
    damaged_event at(subject, how, [](recorded_event& event) { event.payload[5] = '2'; });
    const std::vector<offset> second{offset{2}};
    at.expect_found("reading all", [&] { (void)read_all_of(at.log(), p0); });
    at.expect_found("reading it by its place",
                    [&] { at.log().read_at(p0, second, payloads::read, [](const event_view&) { return true; }); });
}

void a_payload_that_nobody_wants_is_not_touched(engine& subject, variant how) {
    damaged_event at(subject, how, [](recorded_event& event) { event.payload[5] = '2'; });
    expect_equal("envelopes", read_all_of(at.log(), p0, {}, {}, payloads::skip).size(), 3U);
    const event_filter others{.types = {"test.happened"}};
    expect_equal("events that match", read_all_of(at.log(), p0, {}, others).size(), 2U);
}

void a_damaged_envelope_is_found_by_every_scan_that_passes_it(engine& subject, variant how) {
    damaged_event at(subject, how, [](recorded_event& event) { event.type.back() = 'm'; });
    const event_filter others{.types = {"test.happened"}};
    at.expect_found("reading all", [&] { (void)read_all_of(at.log(), p0); });
    at.expect_found("reading envelopes", [&] { (void)read_all_of(at.log(), p0, {}, {}, payloads::skip); });
    at.expect_found("a scan that it does not match", [&] { (void)read_all_of(at.log(), p0, {}, others); });
    const std::vector<offset> second{offset{2}};
    at.expect_found("reading it by its place",
                    [&] { at.log().read_at(p0, second, payloads::skip, [](const event_view&) { return true; }); });
}

}  // namespace

contract log_read_cases() {
    return {
        {"an_empty_partition_reads_as_empty", an_empty_partition_reads_as_empty},
        {"a_page_ends_at_its_number_of_events", a_page_ends_at_its_number_of_events},
        {"a_page_ends_after_its_bytes", a_page_ends_after_its_bytes},
        {"a_page_ends_after_the_rows_that_it_may_look_at", a_page_ends_after_the_rows_that_it_may_look_at},
        {"a_page_ends_at_the_offset_asked", a_page_ends_at_the_offset_asked},
        {"a_page_ends_where_the_reader_stops", a_page_ends_where_the_reader_stops},
        {"pages_join_without_gap_or_overlap", pages_join_without_gap_or_overlap},
        {"reading_after_the_head_finds_nothing", reading_after_the_head_finds_nothing},
        {"a_filter_gives_what_matches_and_nothing_else", a_filter_gives_what_matches_and_nothing_else},
        {"envelopes_come_without_payload", envelopes_come_without_payload},
        {"read_at_gives_events_in_the_order_asked", read_at_gives_events_in_the_order_asked},
        {"read_at_of_an_offset_that_is_not_there_is_damage", read_at_of_an_offset_that_is_not_there_is_damage},
        {"a_damaged_payload_is_found_when_it_is_delivered", a_damaged_payload_is_found_when_it_is_delivered},
        {"a_payload_that_nobody_wants_is_not_touched", a_payload_that_nobody_wants_is_not_touched},
        {"a_damaged_envelope_is_found_by_every_scan_that_passes_it",
         a_damaged_envelope_is_found_by_every_scan_that_passes_it},
    };
}

}  // namespace leftfold::inline v0::testing
