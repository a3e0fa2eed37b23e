#include "idempotency_cases.hpp"
#include "leftfold/testing/store_contract.hpp"
#include "limit_cases.hpp"
#include "participant_cases.hpp"
#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

namespace {

// Three streams of one partition, whatever the number of partitions.
const stream_id ann_b1("account", "{b1}/ann");
const stream_id ben_b1("account", "{b1}/ben");
const stream_id ledger_b1("ledger", "{b1}");

std::vector<stream_append> three_streams(expected_version of_the_last = expected_version::any()) {
    return {{ann_b1, expected_version::any(), numbered(2)},
            {ben_b1, expected_version::any(), numbered(1, 3)},
            {ledger_b1, of_the_last, numbered(3, 4)}};
}

void an_append_says_where_its_events_are(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto first = must_append(*at, alice, numbered(3));
    expect_equal("the partition", first.position.partition, at->partition_of(alice));
    expect_equal("the last offset", first.position.at.value(), first.first.value() + 2);
    expect_equal("the version", first.version(), version(3));
    expect(!first.repeated, "a first append was called a repeat");
    const auto second = must_append(*at, alice, numbered(2, 4));
    expect_equal("the next append's first offset", second.first, first.position.at.next());
    expect_equal("the next append's version", second.version(), version(5));
    at.between();
    const auto events = at->read_stream(alice);
    expect_equal("number of events", events.size(), 5U);
    for (std::size_t i = 0; i < events.size(); ++i) {
        expect_equal("version", events[i].version, version(static_cast<std::int64_t>(i) + 1));
        expect_equal("payload", events[i].payload, "{\"n\":" + std::to_string(i + 1) + "}");
    }
    expect_equal("the first append's last event", events[2].position(), first.position);
    expect_equal("its time", events[2].recorded, first.recorded);
    expect_equal("the second append's first event", events[3].at, second.first);
    expect_equal("the stream's head", at->head(alice), std::optional(version(5)));
}

void what_was_given_is_stored(engine& subject, variant how) {
    store_subject at(subject, how);
    const headers metadata{{"actor", "ann"}, {"x", "1"}, {"actor", "bob"}, {"actor", "ann"}};
    const auto long_ago = occurred_at::from_micros(-5);
    must_append(*at, alice,
                {event_data("bank.opened", " {\"odd\" : 1.0}", metadata, long_ago, derive_event_id("one")),
                 event_data("bank.noted", ""), event_data("bank.noted", "x", {}, occurred_at::max()),
                 event_data("bank.noted", "y", {}, occurred_at::min())});
    at.between();
    const auto events = at->read_stream(alice);
    expect_equal("number of events", events.size(), 4U);
    expect_equal("the type", events[0].type, std::string("bank.opened"));
    expect_equal("the payload", events[0].payload, std::string(" {\"odd\" : 1.0}"));
    expect(events[0].metadata == metadata, "the headers came back changed");
    expect_equal("the producer's time", events[0].occurred, long_ago);
    expect_equal("the caller's id", events[0].id, derive_event_id("one"));
    expect(events[0].stream == alice, "the stream's name came back changed");
    expect_equal("the time of an event without one", events[1].occurred.micros(), events[1].recorded.micros());
    expect(!events[1].id.is_nil() && events[1].id.bytes[6] >> 4U == 7, "the store did not make a version 7 id");
    expect_equal("the last time there is", events[2].occurred, occurred_at::max());
    expect_equal("the first time there is", events[3].occurred, occurred_at::min());
}

void any_version_is_never_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(1));
    at.between();
    must_append(*at, alice, numbered(1));
    expect_equal("the version", at->head(alice), std::optional(version(2)));
}

void none_wants_a_stream_that_is_new(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(1), expected_version::none());
    at.between();
    const auto refused = must_conflict(at->append(alice, expected_version::none(), numbered(1)));
    expect_equal("the version found", refused.actual, version(1));
    must_append(*at, bob, numbered(1), expected_version::none());
    expect_total(*at, 2);
}

void exists_wants_a_stream_that_has_an_event(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto refused = must_conflict(at->append(alice, expected_version::exists(), numbered(1)));
    expect_equal("the version found", refused.actual, version(0));
    expect_equal("events missed", refused.missed.size(), 0U);
    must_append(*at, alice, numbered(1));
    at.between();
    must_append(*at, alice, numbered(1), expected_version::exists());
    expect_total(*at, 2);
}

void exactly_wants_that_version_and_no_other(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto exactly = [](std::int64_t v) { return expected_version::exactly(version(v)); };
    must_append(*at, alice, numbered(3), exactly(0));
    at.between();
    for (const auto wrong : {0, 1, 2, 4, 100}) {
        const auto refused = must_conflict(at->append(alice, exactly(wrong), numbered(1)));
        expect_equal("the version found", refused.actual, version(3));
        expect(refused.expected == exactly(wrong), "the conflict names another expectation");
        expect(refused.stream == alice, "the conflict names another stream");
    }
    expect_total(*at, 3);
    must_append(*at, alice, numbered(1), exactly(3));
    expect_equal("the version", at->head(alice), std::optional(version(4)));
}

void a_conflict_carries_the_missed_events(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(2));
    must_append(*at, bob, numbered(1));
    must_append(*at, alice, numbered(3, 3));
    at.between();
    const auto refused = must_conflict(at->append(alice, expected_version::exactly(version(2)), numbered(1)));
    const auto all = at->read_stream(alice);
    expect_events("the missed events", refused.missed, {all[2], all[3], all[4]});
    const auto fresh = must_conflict(at->append(alice, expected_version::none(), numbered(1)));
    expect_events("what one missed who expected a new stream", fresh.missed, all);
    const auto ahead = must_conflict(at->append(alice, expected_version::exactly(version(9)), numbered(1)));
    expect_equal("events missed by one who is ahead", ahead.missed.size(), 0U);
}

void a_conflict_carries_no_more_than_its_limit(engine& subject, variant how) {
    store_subject at(subject, how, 4, {.conflict_events = 3});
    must_append(*at, alice, numbered(9));
    at.between();
    const auto refused = must_conflict(at->append(alice, expected_version::exactly(version(2)), numbered(1)));
    const auto all = at->read_stream(alice);
    expect_events("the missed events: the oldest", refused.missed, {all[2], all[3], all[4]});
    expect_equal("the version found", refused.actual, version(9));
}

void streams_of_one_routing_key_append_in_one_step(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, ben_b1, numbered(1));
    const auto done = at->append(three_streams(expected_version::none()));
    expect(done.has_value(), "an atomic append was refused");
    expect_equal("the versions, in the order of the request", done->versions,
                 std::vector{version(2), version(2), version(3)});
    expect_equal("offsets taken", done->position.at.value() - done->first.value(), 5);
    at.between();
    std::vector<std::string> streams;
    at->read_partition(at->partition_of(ann_b1), done->first.plus(-1), {}, {}, payloads::read,
                       [&](const event_view& event) {
                           streams.emplace_back(event.key);
                           return true;
                       });
    expect_equal("the streams in the log", streams,
                 std::vector<std::string>{"{b1}/ann", "{b1}/ann", "{b1}/ben", "{b1}", "{b1}", "{b1}"});
}

void a_conflict_of_one_stream_refuses_the_whole_append(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, ledger_b1, numbered(2));
    const auto refused = must_conflict(at->append(three_streams(expected_version::exactly(version(1)))));
    expect(refused.stream == ledger_b1, "the conflict names another stream");
    expect_equal("events missed", refused.missed.size(), 1U);
    at.between();
    expect_total(*at, 2);
    expect(!at->head(ann_b1), "a stream of a refused append exists");
    const auto done = at->append(three_streams(expected_version::exactly(version(2))));
    expect(done.has_value(), "the append was refused although every stream is as expected");
    expect_equal("the versions", done->versions, std::vector{version(2), version(1), version(5)});
}

void streams_of_different_partitions_are_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    auto other = stream_id("account", "other-0");
    for (int i = 1; at->partition_of(other) == at->partition_of(alice); ++i) {
        other = stream_id("account", "other-" + std::to_string(i));
    }
    const auto text = expect_error(errc::different_partitions, "an append over two partitions", [&] {
        (void)at->append(
            {{alice, expected_version::any(), numbered(1)}, {other, expected_version::any(), numbered(1)}});
    });
    expect_mentions(text, to_string(alice));
    expect_mentions(text, to_string(other));
    at.between();
    expect_total(*at, 0);
}

}  // namespace

contract append_contract() {
    contract promises{
        {"an_append_says_where_its_events_are", an_append_says_where_its_events_are},
        {"what_was_given_is_stored", what_was_given_is_stored},
        {"any_version_is_never_refused", any_version_is_never_refused},
        {"none_wants_a_stream_that_is_new", none_wants_a_stream_that_is_new},
        {"exists_wants_a_stream_that_has_an_event", exists_wants_a_stream_that_has_an_event},
        {"exactly_wants_that_version_and_no_other", exactly_wants_that_version_and_no_other},
        {"a_conflict_carries_the_missed_events", a_conflict_carries_the_missed_events},
        {"a_conflict_carries_no_more_than_its_limit", a_conflict_carries_no_more_than_its_limit},
        {"streams_of_one_routing_key_append_in_one_step", streams_of_one_routing_key_append_in_one_step},
        {"a_conflict_of_one_stream_refuses_the_whole_append", a_conflict_of_one_stream_refuses_the_whole_append},
        {"streams_of_different_partitions_are_refused", streams_of_different_partitions_are_refused},
    };
    for (auto& promise : idempotency_cases()) promises.push_back(std::move(promise));
    for (auto& promise : limit_cases()) promises.push_back(std::move(promise));
    for (auto& promise : participant_cases()) promises.push_back(std::move(promise));
    return promises;
}

}  // namespace leftfold::inline v0::testing
