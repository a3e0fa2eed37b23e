#include <algorithm>

#include "leftfold/testing/store_contract.hpp"
#include "store_subject.hpp"
#include "time_cases.hpp"

namespace leftfold::inline v0::testing {

namespace {

using std::to_string;

std::vector<std::int64_t> versions_of(const std::vector<recorded_event>& events) {
    std::vector<std::int64_t> versions;
    for (const auto& event : events) versions.push_back(event.version.value());
    return versions;
}

using versions = std::vector<std::int64_t>;

/// Fills a store with events of many streams, mixed over all partitions.
void fill(event_store& store, int appends) {
    for (int i = 0; i < appends; ++i) {
        auto events = numbered(1 + i % 3, i);
        if (i % 4 == 0) events[0].metadata = {{"actor", "ann"}};
        if (i % 5 == 0) events[0].type = "test.fifth";
        must_append(store, stream_id(i % 2 == 0 ? "even" : "odd", "key" + to_string(i % 17)), std::move(events));
    }
}

/// All of a reading, merged.
std::vector<recorded_event> merged(event_store& store, const cut& after, const cut& up_to,
                                   const event_filter& filter = {}) {
    std::vector<recorded_event> events;
    const auto reached = store.read_all(after, up_to, filter, payloads::read, [&](const event_view& event) {
        events.emplace_back(event);
        return true;
    });
    expect(reached.covers(up_to), "a reading that nobody stopped did not reach its end");
    return events;
}

void a_stream_is_read_forward_from_a_version(engine& subject, variant how) {
    store_subject at(subject, how);
    for (int i = 0; i < 5; ++i) {
        must_append(*at, alice, numbered(2));
        must_append(*at, bob, numbered(1));
    }
    at.between();
    expect_equal("all", versions_of(at->read_stream(alice)), versions{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    expect_equal("from a version", versions_of(at->read_stream(alice, {.from = version(4), .count = 3})),
                 versions{4, 5, 6});
    expect_equal("past the end", versions_of(at->read_stream(alice, {.from = version(9), .count = 5})),
                 versions{9, 10});
    expect_equal("after the end", versions_of(at->read_stream(alice, {.from = version(11)})), versions{});
    expect_equal("none", versions_of(at->read_stream(alice, {.count = 0})), versions{});
}

void a_stream_is_read_backward_from_a_version(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(6));
    must_append(*at, bob, numbered(1));
    at.between();
    const auto backward = [&](std::int64_t from, std::size_t count) {
        return versions_of(at->read_stream(alice, {.from = version(from), .way = direction::backward, .count = count}));
    };
    expect_equal("from the end", backward(0, 3), versions{6, 5, 4});
    expect_equal("from a version", backward(3, 2), versions{3, 2});
    expect_equal("past the start", backward(2, 9), versions{2, 1});
}

void a_stream_that_does_not_exist_has_no_events(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(1));
    at.between();
    expect_equal("events", at->read_stream(bob).size(), 0U);
    expect_equal("events backward", at->read_stream(bob, {.way = direction::backward}).size(), 0U);
    expect_equal("its head", at->head(bob), std::optional<version>{});
    expect_equal("events of another category", at->read_stream(stream_id("order", "alice")).size(), 0U);
}

void a_visited_stream_stops_where_its_visitor_does(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(6));
    at.between();
    std::size_t seen = 0;
    const auto given = at->visit_stream(alice, {.wanted = payloads::skip}, [&](const event_view& event) {
        expect(event.payload.empty(), "an envelope came with a payload");
        return ++seen < 4;
    });
    expect_equal("events seen", seen, 4U);
    expect_equal("events given", given, 4U);
}

void a_long_stream_is_read_whole(engine& subject, variant how) {
    store_subject at(subject, how, 1);
    for (int i = 0; i < 5; ++i) {
        must_append(*at, alice, numbered(1'000, 1'000 * i));
        must_append(*at, bob, numbered(10));
    }
    at.between();
    for (const auto way : {direction::forward, direction::backward}) {
        std::int64_t next = way == direction::forward ? 1 : 5'000;
        const auto given = at->visit_stream(alice, {.way = way, .count = 10'000}, [&](const event_view& event) {
            expect_equal("version", event.version, version(next));
            next += way == direction::forward ? 1 : -1;
            return true;
        });
        expect_equal("events given", given, 5'000U);
    }
}

void all_partitions_are_read_in_one_order(engine& subject, variant how) {
    store_subject at(subject, how);
    fill(*at, 200);
    at.between();
    auto sorted = everything(*at);
    std::ranges::sort(sorted, {}, &recorded_event::recorded);
    expect_events("merged", merged(*at, cut(4), at->heads()), sorted);
    expect_events("merged again", merged(*at, cut(4), at->heads()), sorted);
    const event_filter filter{.types = {"test.fifth"}, .headers = {{"actor", "ann"}}};
    std::erase_if(sorted, [&](const auto& event) { return !filter.matches(event.view()); });
    expect(!sorted.empty(), "the case has no event to find");
    expect_events("merged and filtered", merged(*at, cut(4), at->heads(), filter), sorted);
}

void a_reading_goes_on_where_it_was_stopped(engine& subject, variant how) {
    store_subject at(subject, how);
    fill(*at, 60);
    at.between();
    for (const auto& filter : {event_filter{}, event_filter{.categories = {"even"}}}) {
        const auto whole = merged(*at, cut(4), at->heads(), filter);
        for (std::size_t step : {1U, 2U, 7U, 1'000U}) {
            std::vector<recorded_event> pieces;
            for (cut reached(4); !reached.covers(at->heads());) {
                std::size_t taken = 0;
                reached = at->read_all(reached, at->heads(), filter, payloads::read, [&](const event_view& event) {
                    pieces.emplace_back(event);
                    return ++taken < step;
                });
            }
            expect_events("in steps of " + to_string(step), pieces, whole);
        }
    }
}

void streams_of_one_routing_key_share_a_partition(engine& subject, variant how) {
    store_subject at(subject, how, 16);
    at.between();
    const auto home = at->partition_of(stream_id("account", "b1"));
    for (const auto* key : {"{b1}", "{b1}/alice", "x{b1}y", "{b1}{b2}"}) {
        expect_equal("the partition of " + std::string(key), at->partition_of(stream_id("ledger", key)), home);
    }
    // murmur2("21") and murmur2("foobar") of Kafka's Java client, without their sign, modulo 16.
    expect_equal("the partition of 21", at->partition_of(stream_id("a", "21")), partition_id(1173551340 % 16));
    expect_equal("the partition of foobar", at->partition_of(stream_id("a", "foobar")), partition_id(1357151166 % 16));
}

void heads_tell_where_each_partition_ends(engine& subject, variant how) {
    store_subject at(subject, how);
    fill(*at, 50);
    at.between();
    const auto heads = at->heads();
    expect_equal("partitions", heads.partitions(), 4U);
    std::int64_t total = 0;
    for (std::uint32_t p = 0; p < 4; ++p) {
        const auto head = at->head_of(partition_id(p));
        expect_equal("the head of a partition", head.at, heads.at(partition_id(p)));
        total += head.at.value();
    }
    expect_equal("events in all", static_cast<std::size_t>(total), everything(*at).size());
}

}  // namespace

contract reading_contract() {
    contract promises{
        {"a_stream_is_read_forward_from_a_version", a_stream_is_read_forward_from_a_version},
        {"a_stream_is_read_backward_from_a_version", a_stream_is_read_backward_from_a_version},
        {"a_stream_that_does_not_exist_has_no_events", a_stream_that_does_not_exist_has_no_events},
        {"a_visited_stream_stops_where_its_visitor_does", a_visited_stream_stops_where_its_visitor_does},
        {"a_long_stream_is_read_whole", a_long_stream_is_read_whole},
        {"all_partitions_are_read_in_one_order", all_partitions_are_read_in_one_order},
        {"a_reading_goes_on_where_it_was_stopped", a_reading_goes_on_where_it_was_stopped},
        {"streams_of_one_routing_key_share_a_partition", streams_of_one_routing_key_share_a_partition},
        {"heads_tell_where_each_partition_ends", heads_tell_where_each_partition_ends},
    };
    for (auto& promise : time_cases()) promises.push_back(std::move(promise));
    return promises;
}

}  // namespace leftfold::inline v0::testing
