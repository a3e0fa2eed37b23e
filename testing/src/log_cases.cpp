#include <thread>

#include "leftfold/storage/names.hpp"
#include "leftfold/testing/log_contract.hpp"
#include "log_read_cases.hpp"
#include "script.hpp"

namespace leftfold::inline v0::testing {

namespace {

using std::to_string;

constexpr partition_id p1{1};

std::vector<scripted> some_events(int count, const std::string& key = "a") {
    std::vector<scripted> events;
    for (int i = 0; i < count; ++i) events.push_back(event_of(key, "{\"n\":" + to_string(i) + "}"));
    return events;
}

partition_head head_after(const recorded_event& last) { return {last.at, last.recorded, last.integrity.chain}; }

void expect_head(std::string_view what, const partition_head& got, const partition_head& wanted) {
    expect_equal(std::string(what) + ", its offset", got.at, wanted.at);
    expect_equal(std::string(what) + ", its time", got.recorded, wanted.recorded);
    expect_equal(std::string(what) + ", its chain hash", got.chain, wanted.chain);
}

void expect_status(std::string_view what, append_status got, append_status wanted) {
    if (got != wanted) fail(std::string(what) + ": the status is another one, number " + to_string(int(got)));
}

void offsets_are_dense_from_one(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    for (int group = 1; group <= 5; ++group) script.append(at.log(), held, some_events(group));
    at.between();
    const auto events = read_all_of(at.log(), p0);
    expect_equal("number of events", events.size(), 15U);
    for (std::size_t i = 0; i < events.size(); ++i) {
        expect_equal("offset", events[i].at, offset(static_cast<std::int64_t>(i) + 1));
    }
}

std::vector<scripted> odd_events() {
    using namespace std::string_literals;
    std::vector<scripted> events{event_of("a"), event_of("b", "")};
    events.push_back(event_of("bytes", "\0\xff\xfe not text \x01"s));
    events.push_back(event_of("spaces", "{ \"b\" : 1.0,\n \"a\":\t1e2 } "));
    events.push_back(event_of("large", std::string(1 << 20, 'x')));
    events.push_back(event_of(std::string(stream_key_bytes_max, 'k')));
    events.push_back(event_of("grün/\xf0\x9f\x8d\x83 {x} ' \" % _", "{}", "Größe.geändert"));
    events.push_back(event_of("Old and old "));
    events.push_back(event_of("old"));
    events.back().data.occurred = occurred_at::from_micros(-62'135'596'800'000'000);
    events.push_back(event_of("extremes"));
    events.back().data.occurred = occurred_at::max();
    events.push_back(event_of("headers"));
    events.back().data.metadata = {{"b", "1"}, {"a", "\0\xff"s}, {"b", "1"}, {"b", ""}, {"content-type", "text/plain"}};
    events.push_back({stream_id("other.category_2", "a"), event_data("t", "[]", {}, {}, event_id{{9, 8, 7}})});
    return events;
}

void every_column_comes_back_as_it_was_given(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    script.append(at.log(), held, odd_events());
    at.between();
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void headers_keep_their_order_and_duplicates(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    auto event = event_of("a");
    event.data.metadata = {{"x", "1"}, {"y", "2"}, {"x", "1"}, {"x", "3"}};
    script.append(at.log(), held, {event});
    at.between();
    const auto events = read_all_of(at.log(), p0);
    expect_equal("number of events", events.size(), 1U);
    expect(events[0].metadata == event.data.metadata, "the headers came back changed");
}

void the_head_is_the_last_event(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    expect_head("the head of an empty partition", at.log().head(p0), {});
    auto held = at.log().claim(p0, "owner");
    expect_head("the fence of an empty partition", held.head, {});
    for (int group = 1; group <= 3; ++group) {
        script.append(at.log(), held, some_events(group));
        expect_head("the head after a group", at.log().head(p0), head_after(script.stored().back()));
        expect_head("the fence after a group", held.head, head_after(script.stored().back()));
    }
    at.between();
    expect_head("the head", at.log().head(p0), head_after(script.stored().back()));
    expect_head("the next owner's fence", at.log().claim(p0, "next").head, head_after(script.stored().back()));
}

void what_is_committed_is_seen_at_once(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    for (std::size_t group = 1; group <= 4; ++group) {
        script.append(at.log(), held, some_events(2));
        expect_equal("events seen after the commit", read_all_of(at.log(), p0).size(), 2 * group);
    }
}

void a_group_is_seen_whole_or_not_at_all(engine& subject, variant how) {
    constexpr std::size_t group_size = 7;
    constexpr std::size_t groups = 60;
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    std::exception_ptr failed;
    std::thread writer([&] {
        try {
            for (std::size_t i = 0; i < groups; ++i) script.append(at.log(), held, some_events(group_size));
        } catch (...) {
            failed = std::current_exception();
        }
    });
    std::string torn;
    for (std::size_t seen = 0; seen < groups * group_size && torn.empty() && !failed;) {
        // Pages of one group's size from a group's end show a group as it is; the head may move meanwhile.
        const auto head = static_cast<std::size_t>(at.log().head(p0).at.value());
        if (head % group_size != 0) torn = "a head inside a group, at offset " + to_string(head);
        std::size_t read = 0;
        at.log().read(p0, offset(static_cast<std::int64_t>(seen)), {.events = group_size}, {}, payloads::read,
                      [&](const event_view&) {
                          ++read;
                          return true;
                      });
        if (read % group_size != 0) torn = "a read saw " + to_string(read) + " events of a group";
        seen += read;
    }
    writer.join();
    if (failed) std::rethrow_exception(failed);
    if (!torn.empty()) fail(torn);
    at.between();
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void an_owner_whose_partition_was_claimed_can_append_no_more(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto zombie = at.log().claim(p0, "first");
    script.append(at.log(), zombie, some_events(2));
    auto owner = at.log().claim(p0, "second");
    expect(owner.epoch > zombie.epoch, "the second claim did not raise the fence's epoch");
    const auto late = script.lay_out(zombie, some_events(3, "zombie"));
    expect_status("the zombie's append", at.log().append(zombie, views_of(late)).status, append_status::fenced);
    expect_equal("the head after the zombie's append", at.log().head(p0).at, offset(2));
    script.append(at.log(), owner, some_events(1));
    const auto later = script.lay_out(owner, some_events(1, "zombie"));
    zombie.head = owner.head;  // it has read the log since, and still is none of the partition's business
    expect_status("the zombie's second append", at.log().append(zombie, views_of(later)).status, append_status::fenced);
    at.between();
    const auto third = at.log().claim(p0, "third");
    expect(third.epoch > owner.epoch, "the third claim did not raise the fence's epoch");
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void a_later_claim_by_the_same_owner_fences_the_earlier(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto hung = at.log().claim(p0, "owner");  // and its watchdog starts the same program once more
    script.append(at.log(), hung, some_events(1));
    at.between();
    auto restarted = at.log().claim(p0, "owner");
    expect(restarted.epoch > hung.epoch, "the second claim did not raise the fence's epoch");
    const auto late = script.lay_out(hung, some_events(1, "late"));
    expect_status("the append of the one before", at.log().append(hung, views_of(late)).status, append_status::fenced);
    script.append(at.log(), restarted, some_events(2));
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void a_group_that_is_refused_leaves_nothing(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    script.append(at.log(), held, some_events(2));
    auto stale = held;
    const auto refused = script.lay_out(stale, some_events(3, "refused"));
    script.append(at.log(), held, some_events(1));
    expect_status("an append behind the head", at.log().append(stale, views_of(refused)).status,
                  append_status::head_moved);
    expect_equal("the stale fence's head", stale.head.at, offset(2));
    (void)at.log().claim(p0, "other");
    const auto fenced = script.lay_out(held, some_events(2, "fenced"));
    expect_status("an append of a fenced owner", at.log().append(held, views_of(fenced)).status, append_status::fenced);
    at.between();
    expect_head("the head", at.log().head(p0), head_after(script.stored().back()));
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void a_fence_behind_the_head_is_told_so(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    auto stale = held;
    const auto lost = script.lay_out(stale, some_events(1, "lost"));
    script.append(at.log(), held, some_events(1));
    expect_status("an append at a taken offset", at.log().append(stale, views_of(lost)).status,
                  append_status::head_moved);
    script.append(at.log(), held, some_events(1));
    at.between();
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void resolve_finds_a_group_that_was_stored(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    script.append(at.log(), held, some_events(2));
    auto unsure = held;  // as after an outcome that it could not learn
    script.append(at.log(), held, some_events(3));
    const auto found = at.log().resolve(unsure, script.stored()[2].id);
    expect(found.has_value(), "a stored group was said not to be stored");
    expect_head("the resolved head", *found, head_after(script.stored().back()));
    unsure.head = *found;
    script.append(at.log(), unsure, some_events(1));
    at.between();
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void resolve_finds_nothing_of_a_group_that_was_not_stored(engine& subject, variant how) {
    ports at(subject, how);
    script script;
    auto held = at.log().claim(p0, "owner");
    script.append(at.log(), held, some_events(2));
    const auto lost = script.lay_out(held, some_events(2, "lost"));
    const auto found = at.log().resolve(held, lost.front().id);
    expect(!found.has_value(), "a group that nobody stored was said to be stored");
    expect_equal("the fence's head", held.head.at, offset(2));
    script.append(at.log(), held, some_events(1));
    at.between();
    expect_events("reading all", read_all_of(at.log(), p0), script.stored());
}

void partitions_are_apart(engine& subject, variant how) {
    ports at(subject, how, 3);
    script first(p0);
    script second(p1);
    auto one = at.log().claim(p0, "owner");
    auto two = at.log().claim(p1, "owner");
    for (int i = 1; i <= 3; ++i) {
        first.append(at.log(), one, some_events(i, "one"));
        second.append(at.log(), two, some_events(2, "two"));
    }
    (void)at.log().claim(partition_id{2}, "other");
    first.append(at.log(), one, some_events(1));
    at.between();
    expect_events("the first partition", read_all_of(at.log(), p0), first.stored());
    expect_events("the second partition", read_all_of(at.log(), p1), second.stored());
    expect_equal("the third partition", read_all_of(at.log(), partition_id{2}).size(), 0U);
    expect_head("the second head", at.log().head(p1), head_after(second.stored().back()));
}

}  // namespace

contract log_contract() {
    contract promises{
        {"offsets_are_dense_from_one", offsets_are_dense_from_one},
        {"every_column_comes_back_as_it_was_given", every_column_comes_back_as_it_was_given},
        {"headers_keep_their_order_and_duplicates", headers_keep_their_order_and_duplicates},
        {"the_head_is_the_last_event", the_head_is_the_last_event},
        {"what_is_committed_is_seen_at_once", what_is_committed_is_seen_at_once, false},
        {"a_group_is_seen_whole_or_not_at_all", a_group_is_seen_whole_or_not_at_all},
        {"an_owner_whose_partition_was_claimed_can_append_no_more",
         an_owner_whose_partition_was_claimed_can_append_no_more},
        {"a_later_claim_by_the_same_owner_fences_the_earlier", a_later_claim_by_the_same_owner_fences_the_earlier},
        {"a_group_that_is_refused_leaves_nothing", a_group_that_is_refused_leaves_nothing},
        {"a_fence_behind_the_head_is_told_so", a_fence_behind_the_head_is_told_so},
        {"resolve_finds_a_group_that_was_stored", resolve_finds_a_group_that_was_stored},
        {"resolve_finds_nothing_of_a_group_that_was_not_stored", resolve_finds_nothing_of_a_group_that_was_not_stored},
        {"partitions_are_apart", partitions_are_apart},
    };
    for (auto& promise : log_read_cases()) promises.push_back(std::move(promise));
    return promises;
}

}  // namespace leftfold::inline v0::testing
