#include "time_cases.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

namespace {

using namespace std::chrono_literals;

constexpr auto no_time = std::chrono::milliseconds{0};
/// Longer than any machine takes, so that only a wait that never ends reaches it.

stream_id stream(int number) { return stream_id("account", "key" + std::to_string(number)); }

recorded_at plus(recorded_at when, std::int64_t us) { return recorded_at::from_micros(when.micros() + us); }

/// Fails unless times rise strictly within each partition and no two events of the store share one.
void expect_times_in_order(const std::vector<recorded_event>& events) {
    std::set<recorded_at> seen;
    const recorded_event* before = nullptr;
    for (const auto& event : events) {
        expect(seen.insert(event.recorded).second, "two events share the time " + show(event.recorded));
        if (before != nullptr && before->partition == event.partition) {
            expect(event.recorded > before->recorded, "times do not rise within a partition at " + show(event));
        }
        before = &event;
    }
}

void recorded_times_rise_and_never_repeat(engine& subject, variant how) {
    store_subject at(subject, how);
    for (int i = 0; i < 100; ++i) {
        must_append(*at, stream(i % 10), numbered(1 + i % 3));
        if (i % 10 == 3) at.clock().advance(1s);
        if (i % 10 == 6) at.clock().set_wall(at.clock().now() - 2s);  // an operator sets the clock back
    }
    at.between();
    const auto latest = at->closed();
    for (int i = 0; i < 20; ++i) {
        const auto done = must_append(*at, stream(i % 10), numbered(2));
        expect(done.recorded > latest, "an event was recorded at a time that was closed");
    }
    expect_times_in_order(everything(*at));
}

void a_closed_time_receives_nothing_more(engine& subject, variant how) {
    store_subject at(subject, how);
    recorded_at closed;
    for (int i = 0; i < 50; ++i) {
        const auto done = must_append(*at, stream(i), numbered(2));
        expect(done.recorded > closed, "an event was recorded at a closed time");
        expect(at->closed() >= done.recorded, "an idle store has not closed what it committed");
        closed = at->closed();
        if (i == 25) at.between();
        expect(at->closed() >= closed, "what was closed is open again");
        closed = at->closed();
        if (i % 7 == 0) at.clock().advance(5ms);
    }
    expect(at->closed_cut() == at->heads(), "the closed cut of an idle store is not its heads");
}

void a_cut_holds_all_that_was_recorded_by_then(engine& subject, variant how) {
    store_subject at(subject, how);
    for (int i = 0; i < 60; ++i) {
        must_append(*at, stream(i), numbered(1 + i % 2));
        if (i % 3 == 0) at.clock().advance(10us);
    }
    at.between();
    at.clock().advance(1s);
    const auto events = everything(*at);
    for (const auto& event : events) {
        for (const auto when : {plus(event.recorded, -1), event.recorded}) {
            const auto then = at->cut_at(when);
            const auto covered =
                std::ranges::count_if(events, [&](const auto& e) { return then.covers(e.position()); });
            const auto recorded = std::ranges::count_if(events, [&](const auto& e) { return e.recorded <= when; });
            expect_equal("events in the cut of " + show(when), covered, recorded);
            expect_equal("the last offset by then", at->offset_at(event.partition, when), then.at(event.partition));
        }
    }
    expect(at->cut_at(recorded_at::from_micros(0)) == cut(4), "a cut before the first event is not empty");
}

void a_cut_never_changes(engine& subject, variant how) {
    store_subject at(subject, how);
    std::vector<std::pair<recorded_at, cut>> asked;
    for (int i = 0; i < 40; ++i) {
        must_append(*at, stream(i), numbered(2));
        at.clock().advance(i % 2 == 0 ? 3us : 700us);
        const recorded_at now(at.clock().now());
        asked.emplace_back(now, at->cut_at(now));
        if (i == 20) at.between();
    }
    at.between();
    for (const auto& [when, then] : asked) {
        expect_equal("the cut of " + show(when) + ", asked again", at->cut_at(when), then);
    }
}

void a_time_that_has_not_come_has_no_cut(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, numbered(1));
    at.between();
    at.clock().advance(1s);
    const recorded_at later(at.clock().now() + 1us);
    expect_error(errc::not_yet, "asking for a microsecond from now", [&] { (void)at->cut_at(later); });
    at.clock().advance(1us);
    expect(at->cut_at(later) == at->heads(), "a time that has come lacks events");
}

void a_clock_that_jumps_forward_refuses_appends_until_accepted(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto before = must_append(*at, alice, numbered(1));
    const auto right = at.clock().now();
    at.clock().set_wall(right + 24h);
    expect_error(errc::clock_jump, "an append after the clock jumped a day",
                 [&] { (void)at->append(alice, expected_version::any(), numbered(1)); });
    at.clock().set_wall(right);
    const auto after = must_append(*at, alice, numbered(1));
    expect(after.recorded < plus(before.recorded, 60'000'000), "the jump left its mark on the clock");
    at.clock().set_wall(right + 24h);
    at->accept_clock();
    const auto accepted = must_append(*at, alice, numbered(1));
    expect(accepted.recorded >= recorded_at(right + 24h), "an accepted clock is not used");
    expect_equal("events", at->read_stream(alice).size(), 3U);
}

void a_clock_that_fell_far_behind_refuses_appends_until_accepted(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto before = must_append(*at, alice, numbered(1));
    at.between();
    at.clock().set_wall(at.clock().now() - 1h);
    expect_error(errc::clock_ahead, "an append an hour before the last event",
                 [&] { (void)at->append(alice, expected_version::any(), numbered(1)); });
    at->accept_clock();
    const auto after = must_append(*at, alice, numbered(1));
    expect(after.recorded > before.recorded, "an accepted clock repeats times");
}

void waiting_for_what_is_there_returns_at_once(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto done = must_append(*at, alice, numbered(2));
    at.between();
    expect(at->wait_for(done.position, no_time), "a position that is there was waited for in vain");
    expect(!at->wait_for({done.position.partition, done.position.at.next()}, no_time),
           "a position that is not there was found");
    expect(at->wait_beyond(cut(4), for_ever) == at->heads(), "heads beyond a cut were not told");
    expect(at->wait_beyond(at->heads(), no_time) == at->heads(), "a wait in vain did not tell the heads");
}

void a_wait_ends_when_the_event_is_there(engine& subject, variant how) {
    store_subject at(subject, how);
    at.between();
    const auto home = at->partition_of(alice);
    bool came = false;
    cut heads;
    std::thread for_position([&] { came = at->wait_for({home, offset(3)}, for_ever); });
    std::thread for_growth([&] { heads = at->wait_beyond(cut(4), for_ever); });
    for (int i = 0; i < 3; ++i) must_append(*at, alice, numbered(1));
    for_position.join();
    for_growth.join();
    expect(came, "a wait for an event that came was in vain");
    expect(heads.at(home) >= offset(1), "a wait for growth ended without growth");
}

}  // namespace

contract time_cases() {
    return {
        {"recorded_times_rise_and_never_repeat", recorded_times_rise_and_never_repeat},
        {"a_closed_time_receives_nothing_more", a_closed_time_receives_nothing_more},
        {"a_cut_holds_all_that_was_recorded_by_then", a_cut_holds_all_that_was_recorded_by_then},
        {"a_cut_never_changes", a_cut_never_changes},
        {"a_time_that_has_not_come_has_no_cut", a_time_that_has_not_come_has_no_cut},
        {"a_clock_that_jumps_forward_refuses_appends_until_accepted",
         a_clock_that_jumps_forward_refuses_appends_until_accepted, false},
        {"a_clock_that_fell_far_behind_refuses_appends_until_accepted",
         a_clock_that_fell_far_behind_refuses_appends_until_accepted},
        {"waiting_for_what_is_there_returns_at_once", waiting_for_what_is_there_returns_at_once},
        {"a_wait_ends_when_the_event_is_there", a_wait_ends_when_the_event_is_there},
    };
}

}  // namespace leftfold::inline v0::testing
