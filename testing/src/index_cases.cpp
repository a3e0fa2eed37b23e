#include "leftfold/storage/names.hpp"
#include "leftfold/testing/log_contract.hpp"
#include "script.hpp"

namespace leftfold::inline v0::testing {

namespace {

using std::to_string;

/// A partition with three streams whose events are mixed, in several groups, the index told of each.
class indexed {
public:
    indexed(engine& subject, variant how) : at_(subject, how, 2) {
        auto held = at_.log().claim(p0, "owner");
        for (int group = 0; group < 10; ++group) {
            const auto before = script_.stored().size();
            script_.append(at_.log(), held, {event_of("a"), event_of("b"), event_of("a"), other_a()});
            const std::vector group_stored(script_.stored().begin() + static_cast<std::ptrdiff_t>(before),
                                           script_.stored().end());
            at_.index().add(p0, views_of(group_stored));
        }
        at_.between();
    }

    static scripted other_a() { return {stream_id("other", "a"), event_data("test.happened", "{}")}; }

    stream_index& index() { return at_.index(); }
    ports& at() { return at_; }
    const std::vector<recorded_event>& stored() const { return script_.stored(); }

    /// The offsets of a stream's versions, from the first.
    std::vector<offset> offsets_of(const stream_id& stream) const {
        std::vector<offset> offsets;
        for (const auto& event : stored()) {
            if (event.stream == stream) offsets.push_back(event.at);
        }
        return offsets;
    }

private:
    ports at_;
    script script_;
};

const stream_id a("test", "a");
const stream_id b("test", "b");
const stream_id other_a("other", "a");
const stream_id missing("test", "c");

void expect_heads(indexed& at) {
    for (const auto& stream : {a, b, other_a}) {
        const auto offsets = at.offsets_of(stream);
        const auto head = at.index().head(p0, stream);
        expect(head.has_value(), "a stream that exists has no head: " + to_string(stream));
        expect_equal("last version of " + to_string(stream), head->version,
                     version(static_cast<std::int64_t>(offsets.size())));
        expect_equal("last offset of " + to_string(stream), head->at, offsets.back());
    }
}

void an_index_knows_each_streams_head(engine& subject, variant how) {
    indexed at(subject, how);
    expect_heads(at);
    expect(!at.index().head(p0, missing), "a stream without events has a head");
    expect(!at.index().head(partition_id{1}, a), "a stream has a head in a partition that it is not in");
    expect_equal("indexed to", at.index().indexed_to(p0), offset(40));
}

void an_index_finds_a_streams_events_forward(engine& subject, variant how) {
    indexed at(subject, how);
    const auto all = at.offsets_of(a);  // 20 of them
    const auto find = [&](int from, std::size_t count) {
        return at.index().find(p0, a, version(from), count, direction::forward);
    };
    expect_equal("all", find(1, 100), all);
    expect_equal("five from the third", find(3, 5), std::vector(all.begin() + 2, all.begin() + 7));
    expect_equal("past the end", find(19, 5), std::vector(all.begin() + 18, all.end()));
    expect_equal("after the end", find(21, 5), std::vector<offset>{});
    expect_equal("none", find(1, 0), std::vector<offset>{});
    expect_equal("another category", at.index().find(p0, other_a, version(1), 100, direction::forward),
                 at.offsets_of(other_a));
    expect_equal("a missing stream", at.index().find(p0, missing, version(1), 9, direction::forward),
                 std::vector<offset>{});
}

void an_index_finds_a_streams_events_backward(engine& subject, variant how) {
    indexed at(subject, how);
    const auto all = at.offsets_of(a);
    const auto find = [&](int from, std::size_t count) {
        return at.index().find(p0, a, version(from), count, direction::backward);
    };
    expect_equal("all", find(20, 100), std::vector(all.rbegin(), all.rend()));
    expect_equal("three from the fifth", find(5, 3), std::vector{all[4], all[3], all[2]});
    expect_equal("past the start", find(2, 5), std::vector{all[1], all[0]});
    expect_equal("a missing stream", at.index().find(p0, missing, version(1), 9, direction::backward),
                 std::vector<offset>{});
}

void an_index_finds_events_by_id(engine& subject, variant how) {
    indexed at(subject, how);
    for (const auto& event : at.stored()) {
        expect_equal("the place of an id", at.index().find_id(p0, event.id), std::optional(event.at));
    }
    expect_equal("the place of an id that is not there", at.index().find_id(p0, derive_event_id("never")),
                 std::optional<offset>{});
    expect_equal("an id in a partition that it is not in", at.index().find_id(partition_id{1}, at.stored()[0].id),
                 std::optional<offset>{});
}

void an_index_begins_at_the_end_that_is_nearest(engine& subject, variant how) {
    indexed at(subject, how);
    const auto all = at.offsets_of(a);
    for (const auto from : {version{0}, version{-7}}) {
        expect_equal("forward from before the first", at.index().find(p0, a, from, 2, direction::forward),
                     std::vector{all[0], all[1]});
        expect_equal("backward from before the first", at.index().find(p0, a, from, 2, direction::backward),
                     std::vector<offset>{});
    }
    for (const auto from : {version{21}, version{INT64_MAX}}) {
        expect_equal("backward from beyond the last", at.index().find(p0, a, from, 2, direction::backward),
                     std::vector{all[19], all[18]});
    }
}

/// Streams that a careless index takes for one another: by their letters' case, their spaces, their accents, their
/// first bytes, or the place where the category ends.
std::vector<stream_id> streams_of_like_names() {
    const std::string most(stream_key_bytes_max - 1, 'k');
    return {{"ab", "c"},       {"a", "bc"},       {"a", "b"},         {"a", "B"},  {"a", "b "},
            {"a", " b"},       {"a", "\xc3\xa9"}, {"a", "e\xcc\x81"}, {"a", "e"},  {"a", most},
            {"a", most + "1"}, {"a", most + "2"}, {"a", "1"},         {"a", "01"}, {"a", "1.0"}};
}

void an_index_tells_streams_of_like_names_apart(engine& subject, variant how) {
    const auto streams = streams_of_like_names();
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    for (int round = 0; round < 2; ++round) {
        std::vector<scripted> group;
        for (const auto& stream : streams) group.push_back({stream, event_data("test.happened", "{}")});
        script.append(at.log(), held, group);
        const auto stored = views_of(script.stored());
        at.index().add(p0, std::span(stored).last(group.size()));
    }
    at.between();
    const auto count = static_cast<std::int64_t>(streams.size());
    for (std::size_t i = 0; i < streams.size(); ++i) {
        const offset first(static_cast<std::int64_t>(i) + 1);
        expect_equal("the events of " + to_string(streams[i]),
                     at.index().find(p0, streams[i], version(1), 9, direction::forward),
                     std::vector{first, first.plus(count)});
        const auto head = at.index().head(p0, streams[i]);
        expect_equal("the last event of " + to_string(streams[i]), head ? head->at : offset{}, first.plus(count));
    }
}

void an_index_tells_ids_of_like_bytes_apart(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    std::vector<scripted> group;
    for (std::size_t i = 0; i < 16; ++i) {
        event_id id;
        id.bytes[i] = 1;
        group.push_back(event_of("a"));
        group.back().data.id = id;
    }
    script.append(at.log(), held, group);
    at.index().add(p0, views_of(script.stored()));
    at.between();
    for (const auto& event : script.stored()) {
        expect_equal("the place of " + to_string(event.id), at.index().find_id(p0, event.id), std::optional(event.at));
        auto like = event.id;
        like.bytes[15] = 2;
        expect_equal("the place of an id that differs in one byte", at.index().find_id(p0, like),
                     std::optional<offset>{});
    }
}

void an_index_that_missed_events_catches_up(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    script.append(at.log(), held, {event_of("a"), event_of("a")});
    at.index().add(p0, views_of(script.stored()));
    script.append(at.log(), held, {event_of("a"), event_of("b")});
    // Opened again, it was not told of these: its owner was killed before. Else it is told late.
    if (how == variant::straight) at.index().add(p0, views_of({script.stored()[2], script.stored()[3]}));
    at.between();
    const auto head = at.index().head(p0, a);
    expect_equal("last version", head ? head->version : version{}, version(3));
    expect_equal("the place of an id", at.index().find_id(p0, script.stored()[3].id), std::optional(offset(4)));
    expect_equal("indexed to", at.index().indexed_to(p0), offset(4));
}

void a_rebuilt_index_gives_the_same_answers(engine& subject, variant how) {
    indexed at(subject, how);
    at.index().rebuild(p0);
    expect_heads(at);
    expect_equal("all of a stream", at.index().find(p0, a, version(1), 100, direction::forward), at.offsets_of(a));
    expect_equal("the place of an id", at.index().find_id(p0, at.stored()[7].id), std::optional(offset(8)));
    expect_equal("indexed to", at.index().indexed_to(p0), offset(40));
}

void an_index_tells_many_streams_apart(engine& subject, variant how) {
    constexpr int streams = 3'000;
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    for (int round = 0; round < 2; ++round) {
        std::vector<scripted> group;
        for (int i = 0; i < streams; ++i) group.push_back(event_of("k" + to_string(i)));
        script.append(at.log(), held, group);
        const std::vector stored(script.stored().end() - streams, script.stored().end());
        at.index().add(p0, views_of(stored));
    }
    at.between();
    for (int i = 0; i < streams; i += 7) {
        const std::vector expected{offset(i + 1), offset(i + 1 + streams)};
        expect_equal("stream " + to_string(i),
                     at.index().find(p0, stream_id("test", "k" + to_string(i)), version(1), 10, direction::forward),
                     expected);
    }
}

}  // namespace

contract index_contract() {
    return {
        {"an_index_knows_each_streams_head", an_index_knows_each_streams_head},
        {"an_index_finds_a_streams_events_forward", an_index_finds_a_streams_events_forward},
        {"an_index_finds_a_streams_events_backward", an_index_finds_a_streams_events_backward},
        {"an_index_finds_events_by_id", an_index_finds_events_by_id},
        {"an_index_begins_at_the_end_that_is_nearest", an_index_begins_at_the_end_that_is_nearest},
        {"an_index_tells_streams_of_like_names_apart", an_index_tells_streams_of_like_names_apart},
        {"an_index_tells_ids_of_like_bytes_apart", an_index_tells_ids_of_like_bytes_apart},
        {"an_index_that_missed_events_catches_up", an_index_that_missed_events_catches_up},
        {"a_rebuilt_index_gives_the_same_answers", a_rebuilt_index_gives_the_same_answers},
        {"an_index_tells_many_streams_apart", an_index_tells_many_streams_apart},
    };
}

}  // namespace leftfold::inline v0::testing
