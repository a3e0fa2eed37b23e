// Reading one's own writes by a token: in the engine's process, and in others.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <string>
#include <vector>

#include "leftfold/projections/read_model.hpp"
#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/position_token.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "projections/read_models.hpp"
#include "support/child_process.hpp"
#include "support/closing_line.hpp"

namespace token_test {

using leftfold::errc;
using leftfold::offset;
using leftfold::partition_id;
using leftfold::position_token;
using leftfold::test_support::child_process;
using read_models::code_of;
using namespace std::chrono_literals;

constexpr leftfold::wait_options at_once{.at_most = 0ms};
constexpr leftfold::wait_options or_stale{.at_most = 0ms, .late = leftfold::when_late::answer_stale};

/// Lines of text over a pipe.
void send(int pipe, std::string line) {
    line += '\n';
    if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("a broken pipe");
}
std::string receive(int pipe) {
    std::string line;
    for (char letter = 0; ::read(pipe, &letter, 1) == 1 && letter != '\n';) line += letter;
    return line;
}

class no_deposits : public leftfold::projection<no_deposits, bank::deposited> {
public:
    static constexpr auto projection_name = "no_deposits";
    using ignored = leftfold::ignores_others;
    void on(const bank::deposited&) { throw std::runtime_error("no deposits here"); }
};

class tokens : public read_models::fixture {
protected:
    leftfold::event_store make_store_of(leftfold::store_id id, leftfold::store_epoch epoch) const {
        auto parts = leftfold::make_memory_parts(2, id);
        parts.epoch = epoch;
        return leftfold::event_store(std::move(parts), store_options_);
    }
};

TEST_F(tokens, are_waited_for_in_the_engines_process) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<bank::balances>(views());
    engine.start();
    position_token wrote(store, bank::append(store, "alice", bank::opened{"Alice"}).position);
    wrote.add({store, bank::append(store, "bob", bank::opened{"Bob"}).position});
    wrote.add({store, bank::append(store, "alice", bank::deposited{7}).position});
    const auto how = engine.wait_for(leftfold::parse_position_token(to_string(wrote)));
    EXPECT_TRUE(how);
    EXPECT_EQ(how.events_missing, 0U);
    EXPECT_EQ(how.age, 0us);
    EXPECT_EQ(read.rows.find("alice")->cents, 7);
    EXPECT_EQ(read.rows.count(), 2);
    EXPECT_TRUE(engine.wait_for<bank::balances>(wrote));
}

TEST_F(tokens, that_are_not_reached_fail_or_are_answered_with_the_lag_as_the_caller_declared) {
    auto store = make_store();
    const auto before = bank::append(store, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.catch_up();
    clock_->advance(3s);
    bank::append(store, "alice", bank::deposited{1});
    const position_token wrote(store, bank::append(store, "alice", bank::deposited{1}).position);
    const auto read = leftfold::open_read_model<bank::balances>(file());
    const auto read_beside_store = leftfold::open_read_model<bank::balances>(file(), {.store = &store});

    std::string text;
    EXPECT_EQ(code_of([&] { engine.wait_for(wrote, at_once); }, &text), errc::behind);
    EXPECT_NE(text.find("waiting for token " + to_string(wrote)), std::string::npos) << text;
    EXPECT_NE(text.find("2 events behind"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { read.wait_for(wrote, at_once); }, &text), errc::behind);
    EXPECT_NE(text.find("waiting for token " + to_string(wrote)), std::string::npos) << text;

    for (const auto& how : {engine.wait_for(wrote, or_stale), engine.wait_for<bank::balances>(wrote, or_stale),
                            read_beside_store.wait_for(wrote, or_stale)}) {
        EXPECT_FALSE(how);
        EXPECT_EQ(how.events_missing, 2U);
        EXPECT_EQ(how.age, 3s);
    }
    const auto how = read.wait_for(wrote, or_stale);
    EXPECT_FALSE(how);
    EXPECT_EQ(how.events_missing, 2U) << "known without the store";
    EXPECT_TRUE(engine.wait_for(before.position, or_stale)) << "of what is there";
    EXPECT_EQ(read->rows.find("alice")->cents, 0) << "and stale rows can be read";
}

TEST_F(tokens, of_a_stopped_projection_are_answered_at_once) {
    auto store = make_store();
    const position_token wrote(store, bank::append(store, "alice", bank::deposited{1}).position);
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.add<no_deposits>({.database = directory_ / "other.db", .retries = {.count = 0}});
    engine.start();
    EXPECT_EQ(code_of([&] { engine.wait_for<no_deposits>(wrote, {.at_most = 1h}); }), errc::projection_stopped);
    const auto how = engine.wait_for<no_deposits>(wrote, {.at_most = 1h, .late = leftfold::when_late::answer_stale});
    EXPECT_FALSE(how);
    EXPECT_EQ(how.events_missing, 1U);
}

TEST_F(tokens, of_another_store_or_from_before_a_restore_are_refused) {
    const auto id = leftfold::derive_event_id("this store");
    auto store = make_store_of(id, leftfold::store_epoch{1});
    auto restored = make_store_of(id, leftfold::store_epoch{2});
    auto other = make_store_of(leftfold::derive_event_id("other store"), leftfold::store_epoch{1});
    const auto done = bank::append(store, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.catch_up();
    const auto read = leftfold::open_read_model<bank::balances>(file());
    for (const auto* of : {&restored, &other}) {
        const position_token wrong(*of, done.position);
        EXPECT_EQ(code_of([&] { engine.wait_for(wrong, or_stale); }), errc::stale_model);
        EXPECT_EQ(code_of([&] { read.wait_for(wrong, or_stale); }), errc::stale_model);
    }
    EXPECT_TRUE(read.wait_for(position_token(store, done.position), at_once));
    const auto made_up = leftfold::parse_position_token(to_string(position_token(store, done.position)) + ".9:1");
    EXPECT_EQ(code_of([&] { engine.wait_for(made_up, or_stale); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { read.wait_for(made_up, or_stale); }), errc::invalid_argument);
}

TEST_F(tokens, that_were_made_up_count_what_they_name_and_no_more) {
    auto store = make_store_of(leftfold::derive_event_id("this store"), leftfold::store_epoch{1});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    const auto far =
        leftfold::parse_position_token(to_string(store.id()) + ".1.0:9223372036854775807.1:9223372036854775807");
    const auto how = leftfold::open_read_model<bank::balances>(file()).wait_for(far, or_stale);
    EXPECT_EQ(how.events_missing, 18'446'744'073'709'551'614U);
}

// Two processes: the writer with its engine, and a web server's worker that reads the model by its path.
TEST_F(tokens, are_waited_for_in_another_process_which_wakes_within_50_ms_and_sleeps_until_then) {
    constexpr int rounds = 40;
    const auto views_file = file();
    std::array<int, 2> requests{};
    ASSERT_EQ(::pipe(requests.data()), 0);
    child_process worker([&](int answers) {
        ::close(requests[1]);
        auto next = receive(requests[0]);  // before the model is there, there is nothing to open
        const auto read = leftfold::open_read_model<bank::balances>(views_file);
        for (; next != "idle"; next = receive(requests[0])) {
            const bool current{read.wait_for(leftfold::parse_position_token(next), {.at_most = 30s})};
            send(answers, current ? std::to_string(read->rows.find("alice")->cents) : "stale");
        }
        const auto before = std::clock();
        const auto never = leftfold::parse_position_token(receive(requests[0]));
        read.wait_for(never, {.at_most = 300ms, .late = leftfold::when_late::answer_stale});
        const auto used_ms = (std::clock() - before) * 1'000 / CLOCKS_PER_SEC;
        send(answers, used_ms < 100 ? "slept" : "was busy for " + std::to_string(used_ms) + " ms of 300");
        return 0;
    });
    auto store = leftfold::open_sqlite(directory_ / "bank.store", {.partitions = 2});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.start();
    bank::append(store, "alice", bank::opened{"Alice"});
    std::vector<std::chrono::microseconds> took;
    position_token last(store, {});
    for (int i = 1; i <= rounds; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        last = position_token(store, bank::append(store, "alice", bank::deposited{1}).position);
        send(requests[1], to_string(last));
        ASSERT_EQ(receive(worker.pipe()), std::to_string(i)) << "its own write, and not one less";
        took.push_back(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun));
    }
    send(requests[1], "idle");
    last.add({store, {last.places()[0].partition, offset{1'000'000}}});
    send(requests[1], to_string(last));
    EXPECT_EQ(receive(worker.pipe()), "slept");
    EXPECT_EQ(worker.wait(), 0);
    std::sort(took.begin(), took.end());
    leftfold::test_support::closing_line("tokens: {} read in another process, {} us from append to row, {} us at most",
                                         rounds, took[took.size() / 2].count(), took.back().count());
    EXPECT_LT(took[took.size() / 2], 50ms);
    ::close(requests[0]);
    ::close(requests[1]);
}

// The engine beside the writer: a process that only reads the store, and keeps the models.
TEST_F(tokens, of_a_writing_process_are_waited_for_in_the_process_of_the_engine) {
    const auto path = directory_ / "bank.store";
    std::array<int, 2> requests{};
    ASSERT_EQ(::pipe(requests.data()), 0);
    child_process writer([&](int answers) {
        ::close(requests[1]);
        auto store = leftfold::open_sqlite(path, {.partitions = 2});
        const auto write = [&](const auto& event) {
            send(answers, to_string(position_token(store, bank::append(store, "alice", event).position)));
        };
        write(bank::opened{"Alice"});
        while (receive(requests[0]) == "deposit") write(bank::deposited{1});
        return 0;
    });
    const auto first = leftfold::parse_position_token(receive(writer.pipe()));
    auto store = leftfold::open_sqlite(path, {.access = leftfold::access::read_only});
    leftfold::projection_engine engine{store};
    const auto& read = engine.add<bank::balances>(views());
    engine.start();
    engine.wait_for(first);
    for (int i = 1; i <= 20; ++i) {
        send(requests[1], "deposit");
        engine.wait_for(leftfold::parse_position_token(receive(writer.pipe())));
        ASSERT_EQ(read.rows.find("alice")->cents, i);
    }
    ::close(requests[1]);
    EXPECT_EQ(writer.wait(), 0);
    ::close(requests[0]);
}

}  // namespace token_test
