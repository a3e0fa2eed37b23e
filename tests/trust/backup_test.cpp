// A backup taken while the store is appended to is one sound cut of it, twenty times of twenty; a store restored from
// one is of another epoch, so that read models which saw more than it has are built again.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/backup.hpp"
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
