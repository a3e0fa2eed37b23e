// A backup taken while the store is appended to is one sound cut of it, twenty times of twenty; a store restored from
// one is of another epoch, so that read models which saw more than it has are built again.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <map>
#include <mutex>
#include <thread>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/backup.hpp"
#include "leftfold/storage/commit_participant.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "support/balances.hpp"
#include "support/closing_line.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace backup_test {

using namespace test_support;

// Appends from two threads as fast as it may, and knows what was acknowledged.
class load {
public:
    explicit load(event_store& store) : store_(store) {
        for (int i = 0; i != 2; ++i) threads_.emplace_back([this, i] { append(i); });
    }
    ~load() { stop(); }

    void stop() {
        stopping_ = true;
        allowed_ += 1'000'000;
        allowed_.notify_all();
        for (auto& thread : threads_) thread.join();
        threads_.clear();
    }

    cut acknowledged() {
        const std::lock_guard lock(mutex_);
        return acknowledged_;
    }
    // Lets so many more appends go by, and returns when the first few of them did: the rest comes meanwhile.
    void go_on(std::int64_t appends) {
        const auto goal = appends_ + appends / 10;
        allowed_ += appends;
        allowed_.notify_all();
        for (auto seen = appends_.load(); seen < goal; seen = appends_) appends_.wait(seen);
    }

private:
    void append(int thread) {
        for (std::int64_t i = 0; !stopping_; ++i) {
            for (auto allowed = allowed_.load(); appends_ >= allowed; allowed = allowed_) allowed_.wait(allowed);
            if (stopping_) return;
            std::vector<event_data> events(1 + static_cast<std::size_t>(i % 3));
            for (auto& event : events) {
                event.type = deposited::event_type;
                encode(deposited{i}, event.payload);
            }
            const stream_id stream("account", "owner" + std::to_string((i * 2 + thread) % 40));
            const auto done = store_.append(stream, expected_version::any(), std::move(events)).value();
            {
                const std::lock_guard lock(mutex_);
                if (!acknowledged_.covers(done.position)) acknowledged_.set(done.position.partition, done.position.at);
            }
            ++appends_;
            appends_.notify_all();
        }
    }

    event_store& store_;
    std::mutex mutex_;
    cut acknowledged_{3};
    std::atomic<std::int64_t> appends_{0};
    std::atomic<std::int64_t> allowed_{0};
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

std::map<std::string, std::int64_t> fold(event_store& store) {
    std::map<std::string, std::int64_t> sums;
    store.read_all(cut(store.partitions()), store.heads(), {}, payloads::read, [&](const event_view& event) {
        sums[std::string(event.key)] += decode<deposited>(event.payload).cents;
        return true;
    });
    return sums;
}

// Stands in the way of every commit of one partition until it is told to go.
class held_partition final : public commit_participant {
public:
    explicit held_partition(partition_id partition) : partition_(partition) {}

    std::string_view name() const override { return "held"; }
    std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction&) override {
        if (events.front().partition != partition_) return std::nullopt;
        here_.count_down();
        go_.wait();
        return std::nullopt;
    }

    void wait_until_it_is_here() { here_.wait(); }
    void let_go() { go_.count_down(); }

private:
    partition_id partition_;
    std::latch here_{1};
    std::latch go_{1};
};

// What was acknowledged in one partition while another commits is not closed yet. It belongs into the copy all the
// same.
TEST(backup, waits_for_a_commit_under_way_that_holds_back_what_was_acknowledged) {
    const temporary_directory place(temporary_directory::where::in_memory);
    auto store = open_sqlite(place / "bank.store",
                             {.partitions = 2, .store = {.limits = {.as_of_wait = std::chrono::minutes{5}}}});
    const stream_id slow("account", "a");
    auto quick = slow;
    for (int i = 0; store.partition_of(quick) == store.partition_of(slow); ++i)
        quick = stream_id("account", "b" + std::to_string(i));
    const auto held = std::make_shared<held_partition>(store.partition_of(slow));
    join_commits(store, held);
    const auto append = [&](const stream_id& stream) {
        return store.append(stream, expected_version::any(), {{"bank.opened", "{}"}}).value().position;
    };
    auto under_way = std::async(std::launch::async, [&] { return append(slow); });
    held->wait_until_it_is_here();
    const auto acknowledged = append(quick);
    EXPECT_FALSE(store.closed_cut().covers(acknowledged)) << "nothing holds it back";

    auto copying = std::async(std::launch::async, [&] { return backup(store, place / "copy"); });
    EXPECT_EQ(copying.wait_for(std::chrono::milliseconds{100}), std::future_status::timeout) << "it did not wait";
    held->let_go();
    const auto stored = under_way.get();
    const auto report = copying.get();
    EXPECT_TRUE(report.copied.covers(acknowledged));
    EXPECT_TRUE(report.copied.covers(stored));
}

TEST(backup, under_load_is_one_sound_cut_twenty_times_of_twenty) {
    const temporary_directory place(temporary_directory::where::in_memory);
    auto store = open_sqlite(place / "bank.store", {.partitions = 3});
    load busy(store);
    int sound = 0;
    std::int64_t copied = 0;
    for (int round = 0; round != 20; ++round) {
        busy.go_on(100);
        // Every other one goes on from the one before.
        const auto target = place / ("copy" + std::to_string(round / 2));
        const auto before = busy.acknowledged();
        const auto report = backup(store, target);
        auto copy = open_sqlite(target, {.access = access::read_only});
        const auto checked = verify(copy);
        copied += report.events;
        EXPECT_TRUE(report.copied.covers(before)) << "what was acknowledged before the backup is not in it";
        sound += checked.sound() && copy.heads() == report.copied && report.copied.covers(before) &&
                 copy.id() == store.id() && checked.events >= report.events;
    }
    {
        projection_engine engine{store};
        engine.add<balances>({.database = place / "views.db"});
        engine.catch_up();  // ahead of every copy by now
    }
    busy.stop();

    restore(place / "copy3", place / "restored");
    auto restored = open_sqlite(place / "restored");
    std::filesystem::copy(place / "views.db", place / "restored.views.db");
    projection_engine rebuilt{restored};
    auto& read = rebuilt.add<balances>({.database = place / "restored.views.db"});
    EXPECT_NE(rebuilt.status<balances>().begun_anew_because, "") << "it went on with rows of events that are gone";
    rebuilt.catch_up();
    for (const auto& [account, cents] : fold(restored)) EXPECT_EQ(read.rows.find(account)->cents, cents) << account;
    EXPECT_EQ(restored.epoch(), store_epoch(store.epoch().value() + 1));
    EXPECT_TRUE(verify(restored).sound());
    closing_line("backup: {} of 20 under load sound, {} events copied; restored: epoch raised, read model built again",
                 sound, copied);
    EXPECT_EQ(sound, 20);
}

}  // namespace backup_test
}  // namespace leftfold
