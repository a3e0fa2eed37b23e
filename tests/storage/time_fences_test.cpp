#include "time_fences.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

namespace leftfold {
namespace time_fences_test {

/// A partition's times, as a log would give them, and how often it was asked.
struct times_of_a_log {
    std::vector<std::int64_t> recorded;  // of offset i at i - 1
    std::size_t reads = 0;

    time_fences::mark head() const {
        return {offset(static_cast<std::int64_t>(recorded.size())), recorded_at::from_micros(recorded.back())};
    }
    /// Adds a group, whose times are consecutive, some time after the last one.
    void add(std::int64_t after, std::int64_t events) {
        auto next = (recorded.empty() ? 0 : recorded.back()) + after;
        for (std::int64_t i = 0; i != events; ++i) recorded.push_back(next++);
    }
    time_fences::window ask(time_fences& fences, std::int64_t when) {
        return fences.around(recorded_at::from_micros(when), [&](auto offsets, auto& times) {
            reads += offsets.size();
            for (const auto at : offsets)
                times.push_back(recorded_at::from_micros(recorded[static_cast<std::size_t>(at.value() - 1)]));
        });
    }
    std::int64_t time_of(offset at) const { return recorded[static_cast<std::size_t>(at.value() - 1)]; }
};

void expect_sound(const times_of_a_log& log, const time_fences& fences, std::int64_t when, time_fences::window found) {
    if (found.after != offset{}) RC_ASSERT(log.time_of(found.after) <= when);
    RC_ASSERT(log.time_of(found.before) > when);
    RC_ASSERT(found.before.value() - found.after.value() <= fences.spacing());
}

RC_GTEST_PROP(time_fences, the_window_of_any_time_holds_its_place_whether_learned_or_read, ()) {
    times_of_a_log log;
    time_fences fences(*rc::gen::inRange<std::size_t>(2, 80));
    const auto groups = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(1, 1'000), rc::gen::inRange(1, 300)));
    for (const auto& [after, events] : groups) {
        const auto before = log.recorded.size();
        log.add(after, events);
        if (*rc::gen::arbitrary<bool>())  // by this process; or by one before it, or beside it
            fences.grew(offset(static_cast<std::int64_t>(before)), log.head());
        else
            fences.saw_head(log.head());
        for (int i = 0; i != 3; ++i) {
            const auto when = *rc::gen::inRange<std::int64_t>(0, log.recorded.back());
            expect_sound(log, fences, when, log.ask(fences, when));
        }
    }
}

TEST(time_fences, what_was_appended_here_is_never_read) {
    times_of_a_log log;
    time_fences fences(10'000);
    for (int i = 0; i != 500; ++i) {
        const auto before = log.recorded.size();
        log.add(7, 1 + i % 130);
        fences.grew(offset(static_cast<std::int64_t>(before)), log.head());
    }
    for (std::int64_t when = 0; when < log.recorded.back(); when += 31) static_cast<void>(log.ask(fences, when));
    EXPECT_EQ(log.reads, 0u);
}

TEST(time_fences, each_fence_of_an_older_log_is_read_at_most_once) {
    times_of_a_log log;
    for (int i = 0; i != 1'000; ++i) log.add(5, 100);
    time_fences fences(10'000);
    fences.saw_head(log.head());
    static_cast<void>(log.ask(fences, 250'000));
    EXPECT_LE(log.reads, 16u) << "a first question reads a few coarse fences, and finds the fine ones by guessing";
    for (std::int64_t when = 0; when < log.recorded.back(); when += 17) static_cast<void>(log.ask(fences, when));
    EXPECT_LE(log.reads, log.recorded.size() / static_cast<std::size_t>(fences.spacing()));
}

TEST(time_fences, that_stand_at_every_event_are_all_read_where_somebody_asks_again) {
    times_of_a_log log;
    for (int i = 0; i != 100; ++i) log.add(5, 100);
    time_fences fences(log.recorded.size());
    fences.saw_head(log.head());
    static_cast<void>(log.ask(fences, 5'000));
    EXPECT_LE(log.reads, 24u);
    static_cast<void>(log.ask(fences, 5'010));
    const auto after_two = log.reads;
    EXPECT_LE(after_two, 100u);
    static_cast<void>(log.ask(fences, 4'995));
    EXPECT_EQ(log.reads, after_two) << "a second question brings its neighbourhood, and a third one pays nothing";
}

// All but one of the times lie at one end of the stretch, where a guess by time is wrong every time.
TEST(time_fences, times_that_bunch_cost_a_halving_and_not_a_walk) {
    times_of_a_log log;
    log.add(1, 64);
    log.add(1'000'000'000, 1);
    for (std::int64_t when = 1; when != 64; ++when) {
        time_fences fences(1'000);
        fences.saw_head(log.head());
        const auto before = log.reads;
        static_cast<void>(log.ask(fences, when));
        EXPECT_LE(log.reads - before, 24u) << when;
    }
}

TEST(time_fences, a_full_array_doubles_its_spacing_and_forgets_nothing_else) {
    times_of_a_log log;
    time_fences fences(16);
    for (int i = 0; i != 100; ++i) {
        const auto before = log.recorded.size();
        log.add(3, 64);
        fences.grew(offset(static_cast<std::int64_t>(before)), log.head());
    }
    EXPECT_EQ(fences.spacing(), 512);
    for (std::int64_t when = 1; when < log.recorded.back(); when += 13) {
        const auto found = log.ask(fences, when);
        EXPECT_LE(found.before.value() - found.after.value(), 512);
    }
    EXPECT_EQ(log.reads, 0u);
}

}  // namespace time_fences_test
}  // namespace leftfold
