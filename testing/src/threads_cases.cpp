#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "leftfold/testing/store_contract.hpp"
#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

namespace {

constexpr int writers = 64;

const stream_id hot("account", "hot");

/// Runs `work(i)` on so many threads at once. What one of them throws is thrown here.
template <class Work>
void on_threads(int count, Work work) {
    std::vector<std::future<void>> running;
    for (int i = 0; i < count; ++i) running.push_back(std::async(std::launch::async, work, i));
    for (auto& each : running) each.get();
}

/// Fails unless the stream's versions are dense from 1.
void expect_dense(event_store& store, const stream_id& stream, std::size_t count) {
    const auto events = store.read_stream(stream, {.count = count + 1});
    expect_equal("events of " + to_string(stream), events.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
        expect_equal("version", events[i].version, version(static_cast<std::int64_t>(i) + 1));
    }
}

/// Fails unless every acknowledged position holds exactly one event with that payload.
void expect_stored_once(event_store& store, const std::map<position, std::string>& acknowledged) {
    std::map<position, std::string> stored;
    for (const auto& event : everything(store)) stored.emplace(event.position(), event.payload);
    expect_equal("events stored", stored.size(), acknowledged.size());
    expect(stored == acknowledged, "an acknowledged event is not where its append said");
}

/// What appends were told, from any thread.
class acknowledgements {
public:
    void add(const appended& done, const std::string& payload) {
        const std::lock_guard lock(mutex_);
        expect(told_.emplace(done.position, payload).second, "two appends were given one position");
    }
    const std::map<position, std::string>& told() const { return told_; }

private:
    std::mutex mutex_;
    std::map<position, std::string> told_;
};

void many_writers_of_one_stream_all_succeed(engine& subject, variant how) {
    store_subject at(subject, how);
    acknowledgements acks;
    on_threads(writers, [&](int i) {
        for (int n = 0; n < 5; ++n) {
            const auto payload = std::to_string(i) + ":" + std::to_string(n);
            acks.add(must_append(*at, hot, {event_data("test.happened", payload)}), payload);
        }
    });
    at.between();
    expect_dense(*at, hot, writers * 5);
    expect_stored_once(*at, acks.told());
}

void of_many_writers_who_expect_one_version_one_wins(engine& subject, variant how) {
    constexpr int rounds = 10;
    store_subject at(subject, how);
    acknowledgements acks;
    for (int round = 0; round < rounds; ++round) {
        const auto expected = expected_version::exactly(version(round));
        std::atomic<int> winners = 0;
        on_threads(16, [&](int i) {
            const auto payload = std::to_string(round) + ":" + std::to_string(i);
            const auto result = at->append(hot, expected, {event_data("test.happened", payload)});
            if (result) {
                ++winners;
                acks.add(*result, payload);
                return;
            }
            expect_equal("the version that a loser was told", result.error().actual, version(round + 1));
            expect_equal("events that a loser missed", result.error().missed.size(), 1U);
        });
        expect_equal("winners of a round", winners.load(), 1);
    }
    at.between();
    expect_dense(*at, hot, rounds);
    expect_stored_once(*at, acks.told());
}

void writers_who_decide_again_lose_no_update(engine& subject, variant how) {
    constexpr int each = 4;
    store_subject at(subject, how);
    on_threads(writers, [&](int) {
        version known{};
        for (int done = 0; done < each;) {
            auto result = at->append(hot, expected_version::exactly(known), numbered(1));
            if (result) {
                known = result->version();
                ++done;
            } else {
                known = result.error().actual;
            }
        }
    });
    at.between();
    expect_dense(*at, hot, writers * each);
}

void many_writers_of_many_streams_all_succeed(engine& subject, variant how) {
    store_subject at(subject, how);
    acknowledgements acks;
    on_threads(writers, [&](int i) {
        const stream_id stream("account", "key" + std::to_string(i));
        version known{};
        for (int n = 0; n < 8; ++n) {
            const auto payload = std::to_string(i) + ":" + std::to_string(n);
            const auto done =
                must_append(*at, stream, {event_data("test.happened", payload)}, expected_version::exactly(known));
            known = done.version();
            acks.add(done, payload);
        }
    });
    at.between();
    for (int i = 0; i < writers; ++i) expect_dense(*at, stream_id("account", "key" + std::to_string(i)), 8);
    expect_stored_once(*at, acks.told());
}

void repeats_that_race_are_stored_once(engine& subject, variant how) {
    store_subject at(subject, how);
    std::set<position> positions;
    std::mutex mutex;
    for (int round = 0; round < 10; ++round) {
        const auto event = known_as("event " + std::to_string(round));
        on_threads(16, [&](int) {
            const auto done = must_append(*at, hot, {event});
            const std::lock_guard lock(mutex);
            positions.insert(done.position);
        });
    }
    at.between();
    expect_equal("positions told", positions.size(), 10U);
    expect_dense(*at, hot, 10);
}

void a_follower_misses_nothing_and_sees_nothing_twice(engine& subject, variant how) {
    constexpr std::size_t total = 16 * 20;
    store_subject at(subject, how);
    std::vector<recorded_event> followed;
    auto follower = std::async(std::launch::async, [&] {
        recorded_at before;
        for (cut reached(4); followed.size() < total;) {
            at->wait_beyond(reached, for_ever);
            reached = at->read_all(reached, at->closed_cut(), {}, payloads::read, [&](const event_view& event) {
                expect(event.recorded > before, "a follower of closed events saw them out of order");
                before = event.recorded;
                followed.emplace_back(event);
                return true;
            });
        }
    });
    on_threads(16, [&](int i) {
        for (int n = 0; n < 20; ++n) must_append(*at, stream_id("account", "key" + std::to_string(i)), numbered(1));
    });
    follower.get();
    at.between();
    auto stored = everything(*at);
    std::ranges::sort(stored, {}, &recorded_event::recorded);
    expect_events("what the follower saw", followed, stored);
}

void appends_in_flight_are_all_answered(engine& subject, variant how) {
    constexpr int in_flight = 500;
    store_subject at(subject, how);
    acknowledgements acks;
    std::atomic<int> answers = 0;
    std::promise<void> all;
    for (int i = 0; i < in_flight; ++i) {
        const auto payload = std::to_string(i);
        std::vector<stream_append> streams;
        streams.emplace_back(stream_id("account", "key" + std::to_string(i % 20)), expected_version::any(),
                             std::vector{event_data("test.happened", payload)});
        at->start_append(std::move(streams), {}, [&, payload](std::error_code failed, append_result result) {
            if (!failed && result) acks.add(*result, payload);
            if (++answers == in_flight) all.set_value();
        });
    }
    all.get_future().wait();
    at.between();
    expect_equal("appends acknowledged", acks.told().size(), std::size_t{in_flight});
    expect_stored_once(*at, acks.told());
}

void a_closed_store_refuses_and_answers_everyone_once(engine& subject, variant how) {
    constexpr int in_flight = 300;
    store_subject at(subject, how);
    acknowledgements acks;
    std::atomic<int> answers = 0;
    for (int i = 0; i < in_flight; ++i) {
        const auto payload = std::to_string(i);
        std::vector<stream_append> streams;
        streams.emplace_back(hot, expected_version::any(), std::vector{event_data("test.happened", payload)});
        at->start_append(std::move(streams), {}, [&, payload](std::error_code failed, append_result result) {
            if (!failed && result) acks.add(*result, payload);
            ++answers;
        });
    }
    at->close(for_ever);
    expect_equal("answers once the store is closed", answers.load(), in_flight);
    expect_equal("appends acknowledged by a close that had time", acks.told().size(), std::size_t{in_flight});
    expect_error(errc::store_closed, "an append to a closed store",
                 [&] { (void)at->append(hot, expected_version::any(), numbered(1)); });
    expect_error(errc::store_closed, "a read of a closed store", [&] { (void)at->read_stream(hot); });
    at->close();  // does nothing
    if (how == variant::straight) return;
    at.between();
    expect_stored_once(*at, acks.told());
}

void a_hasty_close_cancels_only_what_it_did_not_acknowledge(engine& subject, variant how) {
    constexpr int in_flight = 300;
    store_subject at(subject, how);
    acknowledgements acks;
    std::atomic<int> cancelled = 0;
    std::atomic<int> others = 0;
    for (int i = 0; i < in_flight; ++i) {
        const auto payload = std::to_string(i);
        std::vector<stream_append> streams;
        streams.emplace_back(hot, expected_version::any(), std::vector{event_data("test.happened", payload)});
        at->start_append(std::move(streams), {}, [&, payload](std::error_code failed, append_result result) {
            if (!failed && result) {
                acks.add(*result, payload);
            } else if (failed == std::errc::operation_canceled) {
                ++cancelled;
            } else {
                ++others;
            }
        });
    }
    at->close(std::chrono::milliseconds{0});
    expect_equal("appends that failed in another way", others.load(), 0);
    expect_equal("answers once the store is closed", static_cast<int>(acks.told().size()) + cancelled.load(),
                 in_flight);
    if (how == variant::straight) return;
    at.between();
    expect_stored_once(*at, acks.told());
}

}  // namespace

contract threads_contract() {
    return {
        {"many_writers_of_one_stream_all_succeed", many_writers_of_one_stream_all_succeed},
        {"of_many_writers_who_expect_one_version_one_wins", of_many_writers_who_expect_one_version_one_wins},
        {"writers_who_decide_again_lose_no_update", writers_who_decide_again_lose_no_update},
        {"many_writers_of_many_streams_all_succeed", many_writers_of_many_streams_all_succeed},
        {"repeats_that_race_are_stored_once", repeats_that_race_are_stored_once},
        {"a_follower_misses_nothing_and_sees_nothing_twice", a_follower_misses_nothing_and_sees_nothing_twice},
        {"appends_in_flight_are_all_answered", appends_in_flight_are_all_answered},
        {"a_closed_store_refuses_and_answers_everyone_once", a_closed_store_refuses_and_answers_everyone_once},
        {"a_hasty_close_cancels_only_what_it_did_not_acknowledge",
         a_hasty_close_cancels_only_what_it_did_not_acknowledge},
    };
}

}  // namespace leftfold::inline v0::testing
