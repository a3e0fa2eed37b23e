#include "leftfold/storage/event_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <limits>
#include <set>
#include <thread>

#include "leftfold/storage/async.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "leftfold/testing/store.hpp"
#include "memory_stores.hpp"
#include "storage/expect_error.hpp"

namespace leftfold {
namespace event_store_test {

using namespace std::chrono_literals;

const stream_id alice("account", "alice");

std::vector<event_data> one(std::string type = "bank.deposited", std::string payload = R"({"cents":5})") {
    std::vector<event_data> events;
    events.emplace_back(std::move(type), std::move(payload));
    return events;
}

std::vector<stream_append> to_alice() {
    std::vector<stream_append> streams;
    streams.emplace_back(alice, expected_version::any(), one());
    return streams;
}

TEST(event_store, stores_nothing_more_in_a_partition_that_another_owner_has_claimed) {
    auto parts = make_memory_parts(1, store_id{{7}});
    auto& log = *parts.log;
    event_store store(std::move(parts), {.world = complete({})});
    store.append(alice, expected_version::none(), one()).value();
    static_cast<void>(log.claim(partition_id(0), "another"));
    const auto said =
        expect_error(errc::fenced, [&] { static_cast<void>(store.append(alice, expected_version::any(), one())); });
    EXPECT_NE(said.find("appending 1 event(s) to account-alice"), std::string::npos) << said;
    EXPECT_EQ(store.head(alice), version(1));
    EXPECT_EQ(log.head(partition_id(0)).at, offset(1));
}

// More events than one look-up in the index brings.
TEST(event_store, reads_each_event_once_from_a_place_beyond_either_end) {
    auto store = open_memory({.partitions = 1});
    constexpr std::int64_t events = 10'000;
    for (std::int64_t i = 0; i != events; i += 1'000)
        store.append(alice, expected_version::any(), std::vector<event_data>(1'000, event_data("bank.opened", "{}")));
    for (const auto from : {events, events + 1, std::numeric_limits<std::int64_t>::max()}) {
        auto next = events;
        store.visit_stream(alice, {.from = version(from), .way = direction::backward, .count = 100'000},
                           [&](const event_view& event) {
                               EXPECT_EQ(event.version, version(next--));
                               return true;
                           });
        EXPECT_EQ(next, 0) << "from " << from;
    }
    for (const std::int64_t from : {0, -1}) {
        auto next = std::int64_t{0};
        store.visit_stream(alice, {.from = version(from), .count = 100'000}, [&](const event_view& event) {
            EXPECT_EQ(event.version, version(++next));
            return true;
        });
        EXPECT_EQ(next, events) << "from " << from;
    }
}

TEST(event_store, has_given_no_more_than_there_is_when_it_is_asked_for_more) {
    auto store = open_memory({.partitions = 2});
    store.append(alice, expected_version::any(), std::vector<event_data>(10, event_data("bank.opened", "{}")));
    const auto heads = store.heads();
    cut beyond = heads;
    for (std::uint32_t p = 0; p != 2; ++p) beyond.set(partition_id(p), offset(1'000));
    int given = 0;
    const auto count = [&](const event_view&) { return ++given != 0; };
    EXPECT_EQ(store.read_all(cut(2), beyond, {}, payloads::read, count), heads);
    EXPECT_EQ(given, 10);
    EXPECT_EQ(store.read_all(cut(2), beyond, {.types = {"bank.closed"}}, payloads::read, count), heads);
    EXPECT_EQ(given, 10);
    EXPECT_EQ(store.read_all(cut(2), heads, {}, payloads::skip, count), heads);
    EXPECT_EQ(store.read_all(beyond, heads, {}, payloads::skip, count), beyond);
    EXPECT_EQ(given, 20);
}

// Whatever comes while it closes is stored and told so, or refused.
TEST(event_store, closing_settles_or_refuses_whatever_is_asked_at_the_same_time) {
    for (int round = 0; round != 50; ++round) {
        auto store = open_memory({.partitions = 8});
        std::atomic<int> asked{0};
        std::atomic<int> answered{0};
        std::vector<std::thread> threads;
        for (int t = 0; t != 4; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i != 20; ++i) {
                    const stream_id stream("account", std::to_string(t * 100 + i));
                    std::vector<stream_append> what;
                    what.emplace_back(stream, expected_version::none(), one());
                    asked += 2;
                    store.start_append(std::move(what), {}, [&](std::error_code, const auto&) { ++answered; });
                    store.start_read_stream(stream, {}, [&](std::error_code, const auto&) { ++answered; });
                    try {
                        store.start_wait_beyond(cut(8), 1h, [&](std::error_code, const auto&) { ++answered; });
                        ++asked;
                    } catch (const error& closed) {
                        EXPECT_EQ(closed.kind(), errc::store_closed);
                    }
                }
            });
        store.close();
        for (auto& each : threads) each.join();
        store.close();
        EXPECT_EQ(answered, asked) << "something was never answered";
    }
}

TEST(event_store, returns_what_was_appended) {
    auto store = open_memory();
    const auto done = store.append(alice, expected_version::none(), one()).value();
    EXPECT_EQ(done.version(), version(1));
    EXPECT_EQ(done.first, offset(1));
    const auto events = store.read_stream(alice);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].payload, R"({"cents":5})");
    EXPECT_EQ(events[0].recorded, done.recorded);
    EXPECT_EQ(events[0].occurred.micros(), events[0].recorded.micros());
    EXPECT_EQ(store.closed_cut().at(done.position.partition), offset(1));
}

TEST(event_store, tells_the_loser_of_a_race_what_it_missed) {
    auto store = open_memory();
    store.append(alice, expected_version::none(), one()).value();
    store.append(alice, expected_version::exactly(version(1)), one("bank.withdrawn")).value();
    const auto lost = store.append(alice, expected_version::exactly(version(1)), one());
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().actual, version(2));
    ASSERT_EQ(lost.error().missed.size(), 1u);
    EXPECT_EQ(lost.error().missed[0].type, "bank.withdrawn");
    EXPECT_EQ(store.head(alice), version(2));
}

TEST(event_store, stores_every_append_of_many_threads_once_and_densely) {
    constexpr int threads = 16;
    constexpr int appends = 200;
    auto store = open_memory({.partitions = 2});
    {
        std::vector<std::jthread> writers;
        for (int t = 0; t != threads; ++t)
            writers.emplace_back([&store, t] {
                const stream_id own("account", "of-" + std::to_string(t));
                for (int i = 0; i != appends; ++i) {
                    store.append(own, expected_version::exactly(version(i)), one()).value();
                    store.append(alice, expected_version::any(), one()).value();
                }
            });
    }
    EXPECT_EQ(store.head(alice), version(threads * appends));
    std::set<std::int64_t> times;
    cut before(2);
    const auto reached = store.read_all(before, store.heads(), {}, payloads::read, [&](const event_view& event) {
        EXPECT_TRUE(times.empty() || *times.rbegin() < event.recorded.micros());
        times.insert(event.recorded.micros());
        return true;
    });
    EXPECT_EQ(times.size(), 2u * threads * appends);
    EXPECT_EQ(reached, store.heads());
}

TEST(event_store, completes_a_callback_a_future_and_a_deferred_operation) {
    auto store = open_memory();
    boost::asio::io_context context;
    int called = 0;
    store.async_append(to_alice(), {},
                       boost::asio::bind_executor(context, [&](boost::system::error_code failed, append_result done) {
                           EXPECT_FALSE(failed);
                           EXPECT_TRUE(done.has_value());
                           ++called;
                       }));
    context.run();
    EXPECT_EQ(called, 1);

    EXPECT_EQ(store.async_append(to_alice(), {}, boost::asio::use_future).get().value().version(), version(2));

    auto operation = store.async_append(to_alice());
    EXPECT_EQ(std::move(operation)(boost::asio::use_future).get().value().version(), version(3));
    EXPECT_EQ(store.async_read_stream(alice, {}, boost::asio::use_future).get().size(), 3u);
}

boost::asio::awaitable<void> append_and_read(event_store& store, std::size_t& read) {
    auto streams = to_alice();
    const auto done = co_await store.async_append(std::move(streams), {}, boost::asio::use_awaitable);
    EXPECT_TRUE(done.has_value());
    const auto heads = co_await store.async_wait_beyond(cut(4), 1s, boost::asio::use_awaitable);
    EXPECT_TRUE(heads.covers(done->position));
    const auto events = co_await store.async_read_stream(alice, {}, boost::asio::use_awaitable);
    read = events.size();
}

TEST(event_store, can_be_awaited_in_a_coroutine) {
    auto store = open_memory();
    boost::asio::io_context context;
    std::size_t read = 0;
    boost::asio::co_spawn(context, append_and_read(store, read), boost::asio::detached);
    context.run();
    EXPECT_EQ(read, 1u);
}

TEST(event_store, refuses_everything_once_it_is_closed) {
    auto store = open_memory();
    store.append(alice, expected_version::any(), one()).value();
    store.close();
    EXPECT_THROW(store.append(alice, expected_version::any(), one()), error);
    EXPECT_THROW(store.read_stream(alice), error);
}

TEST(event_store, looks_up_given_ids_unless_they_were_made_just_now) {
    auto store = open_memory();
    const auto with_id = [](event_id id) {
        auto events = one();
        events[0].id = id;
        return events;
    };
    const auto id = derive_event_id("an event");
    store.append(alice, expected_version::any(), with_id(id), {.attempt = attempt::fresh}).value();
    EXPECT_TRUE(store.append(alice, expected_version::any(), with_id(id)).value().repeated);
    EXPECT_TRUE(
        store.append(alice, expected_version::any(), with_id(id), {.attempt = attempt::retry}).value().repeated);
    EXPECT_EQ(store.head(alice), version(1));
}

TEST(event_store, closes_the_time_that_passed_while_nothing_was_appended) {
    testing::store store;
    const auto done = store.append(alice, expected_version::none(), one()).value();
    store.advance(24h);
    EXPECT_EQ(store.cut_at(recorded_at(store.now())).at(done.position.partition), offset(1));
    EXPECT_GT(store.append(alice, expected_version::any(), one()).value().recorded, recorded_at(store.now()));
}

/// The clock of a process that is put to sleep whenever it looks at the time, for some times.
class clock_of_a_sleeper final : public clock_source {
public:
    std::int64_t wall_us() override {
        if (naps > 0) {
            --naps;
            now_ += std::chrono::microseconds{3min}.count();
        }
        return now_;
    }
    std::int64_t elapsed_us() override { return now_; }
    int naps = 0;

private:
    std::int64_t now_ = 1'000'000;
};

TEST(event_store, takes_times_in_the_end_when_it_slept_whenever_the_clocks_bound_had_been_raised) {
    const auto clock = std::make_shared<clock_of_a_sleeper>();
    auto store = open_memory({.store = {.world = {.clock = clock}}});
    store.append(alice, expected_version::none(), one()).value();
    clock->naps = 9;
    EXPECT_EQ(store.append(alice, expected_version::any(), one()).value().version(), version(2));
    EXPECT_EQ(clock->naps, 0) << "it was woken";
}

TEST(event_store, finds_the_same_cut_for_a_closed_time_for_ever) {
    auto store = open_memory({.partitions = 4});
    std::vector<appended> done;
    for (int i = 0; i != 50; ++i)
        done.push_back(store.append(stream_id("account", std::to_string(i)), expected_version::none(), one()).value());
    for (const auto& each : done) {
        const auto there = store.cut_at(each.recorded);
        EXPECT_TRUE(there.covers(each.position));
        std::int64_t events = 0;
        for (std::uint32_t p = 0; p != 4; ++p) events += there.at(partition_id(p)).value();
        EXPECT_EQ(events, &each - done.data() + 1);
    }
    EXPECT_THROW(store.cut_at(recorded_at::max()), error);
}

}  // namespace event_store_test
}  // namespace leftfold
