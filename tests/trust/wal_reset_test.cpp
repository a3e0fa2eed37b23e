// SQLite's WAL-reset bug (3.7.0 to 3.51.2) loses nothing here.
//
// A checkpoint reads how long the WAL is, and then how much of it is copied. When all of it is, a writer that commits
// between the two begins the WAL anew; the checkpoint then notes the old length as copied, and what is written up to it
// later is never copied, and lost. It takes a connection that checkpoints beside another that writes. A store has one
// connection for both; the control below has two, and loses.

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <utility>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"
#include "support/closing_line.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/store_audit.hpp"

namespace leftfold {
namespace wal_reset_test {

using namespace test_support;

struct verdict {
    std::int64_t acknowledged = 0;
    std::int64_t lost = 0;
    int checkpoints = 0;
    int between = 0;  // commits that somebody began inside a checkpoint
    int rivals = 0;   // connections of one database that checkpoint
    std::string complaint;
};

// The control: two connections in WAL mode, each of which checkpoints, as two processes do that SQLite's defaults are
// good enough for.
class two_checkpointers {
public:
    verdict run() {
        {
            sqlite::connection writer = open();
            writer.execute("PRAGMA journal_mode=WAL; CREATE TABLE t(i INTEGER PRIMARY KEY, x TEXT)");
            sqlite::connection other = open();
            for (int i = 0; i != 100; ++i) commit(writer);
            checkpoint_wal(writer, sqlite::checkpoint_mode::passive);
            inside_ = [&] { commit(writer); };
            checkpoint_wal(other, sqlite::checkpoint_mode::passive);
            for (int i = 0; i != 200; ++i) commit(writer);
        }
        sqlite::connection after = open();
        for (std::int64_t i = 1; i <= found_.acknowledged; ++i) found_.lost += !is_there(after, i);
        found_.rivals = vfs_.rival_checkpointers();
        return found_;
    }

private:
    sqlite::connection open() {
        return sqlite::connection("/control.db", {.mode = sqlite::file_access::create, .vfs = vfs_.name()});
    }

    void commit(sqlite::connection& on) {
        const std::string text(2'000, 'x');
        sqlite::statement(on, "INSERT INTO t VALUES(?1, ?2)").bind(1, found_.acknowledged + 1).bind_text(2, text).run();
        ++found_.acknowledged;
    }

    static bool is_there(sqlite::connection& on, std::int64_t row) {
        try {
            return sqlite::statement(on, "SELECT 1 FROM t WHERE i = ?1").bind(1, row).step();
        } catch (const error&) {
            return false;  // the file is malformed
        }
    }

    void see(checkpoint_moment moment) {
        found_.checkpoints += moment == checkpoint_moment::begins;
        if (moment != checkpoint_moment::has_read_header || !inside_) return;
        ++found_.between;
        std::exchange(inside_, nullptr)();
    }

    verdict found_;
    std::function<void()> inside_;
    simulated_disk disk_;
    simulated_vfs vfs_{disk_, {.on_checkpoint = [this](std::string_view, auto moment) { see(moment); }}};
};

// A store under the same attack: whatever begins a commit inside of its checkpoints, through it or beside it.
class attacked_store {
public:
    verdict run() {
        for (int session = 0; session != 3; ++session) {
            auto store = open(access::read_write);
            store_ = &store;
            for (int i = 0; i != 150; ++i) {
                const auto append = ++last_;
                store.append(stream(append), expected_version::any(), numbered_events(append, 2, 900)).value();
                acknowledged_.insert(append);
                threads_->run();  // what waited for the checkpoint, and the index's work
                keep_something(store, append);
            }
            store_ = nullptr;
            store.close();
        }
        const auto audit = audit_store(path, {.partitions = 1, .vfs = vfs_.name()});
        found_.acknowledged = static_cast<std::int64_t>(acknowledged_.size());
        for (const auto append : acknowledged_) found_.lost += !audit.appends.contains(append);
        found_.complaint = audit.complaint;
        found_.rivals = vfs_.rival_checkpointers();
        return found_;
    }

private:
    static constexpr auto path = "/bank.store";

    event_store open(leftfold::access as) {
        return open_sqlite(path, {.partitions = 1,
                                  .access = as,
                                  .wal_pages = 12,
                                  .vfs = vfs_.name(),
                                  .store = {.world = {.clock = clock_, .random = random_, .executors = threads_}}});
    }

    static stream_id stream(std::int64_t append) { return {"account", "owner" + std::to_string(append % 7)}; }

    // The databases beside the log checkpoint, too.
    static void keep_something(event_store& store, std::int64_t append) {
        store.checkpoints().save("relay", {.store = store.id(), .epoch = store.epoch(), .consumed = store.heads()});
        store.snapshots().save({.store = store.id(),
                                .epoch = store.epoch(),
                                .stream = stream(append),
                                .version = version(append),
                                .state = std::string(600, 's')});
    }

    void see(std::string_view file, checkpoint_moment) {
        ++found_.checkpoints;
        if (store_ == nullptr || is_inside_ || !file.ends_with("partition-0000.db")) return;
        is_inside_ = true;
        append_beside();
        read_beside();
        is_inside_ = false;
        ++found_.between;
    }

    // Through the store: it has to wait until the checkpoint is done.
    void append_beside() {
        const auto append = ++last_;
        std::vector<stream_append> one;
        one.emplace_back(stream(append), expected_version::any(), numbered_events(append, 1, 900));
        store_->start_append(std::move(one), {}, [this, append](std::error_code failed, const append_result& outcome) {
            if (!failed && outcome) acknowledged_.insert(append);
        });
    }

    // Beside the store: a second owner has to be refused, and readers must not checkpoint when they go.
    void read_beside() {
        try {
            open(access::read_write);
            ADD_FAILURE() << "the store has two owners";
        } catch (const error& refused) {
            EXPECT_EQ(refused.kind(), errc::locked) << refused.what();
        }
        auto reader = open(access::read_only);
        EXPECT_GE(reader.heads().at(partition_id(0)).value() + 2, static_cast<std::int64_t>(acknowledged_.size()));
        reader.close();
    }

    verdict found_;
    std::int64_t last_ = 0;
    std::set<std::int64_t> acknowledged_;
    event_store* store_ = nullptr;
    bool is_inside_ = false;
    simulated_disk disk_;
    simulated_vfs vfs_{disk_, {.on_checkpoint = [this](std::string_view file, auto moment) { see(file, moment); }}};
    std::shared_ptr<testing::manual_clock> clock_ = std::make_shared<testing::manual_clock>();
    std::shared_ptr<testing::seeded_random> random_ = std::make_shared<testing::seeded_random>();
    std::shared_ptr<testing::queued_executors> threads_ = std::make_shared<testing::queued_executors>();
};

TEST(wal_reset, loses_nothing_where_two_checkpointers_do) {
    const auto control = two_checkpointers().run();
    const auto found = attacked_store().run();
    closing_line("wal_reset: {} appends, {} lost, {} commits begun inside {} checkpoints; control: {} of {} lost",
                 found.acknowledged, found.lost, found.between, found.checkpoints, control.lost, control.acknowledged);
    EXPECT_GT(found.between, 50) << "hardly anything came between";
    EXPECT_EQ(found.acknowledged, 450 + found.between);
    EXPECT_EQ(found.lost, 0) << found.complaint;
    EXPECT_EQ(found.complaint, "");
    EXPECT_EQ(found.rivals, 1) << "two connections of one database checkpoint";
    EXPECT_EQ(control.between, 1);
    EXPECT_EQ(control.acknowledged, 301);
    EXPECT_GE(control.lost, 50) << "the test finds no loss where there must be some";
    EXPECT_EQ(control.rivals, 2);
}

}  // namespace wal_reset_test
}  // namespace leftfold
