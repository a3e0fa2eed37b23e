// Proves the instruments: the simulated disk shows of SQLite what is known about it from elsewhere.

#include "support/simulated_vfs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "leftfold/storage/error.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace simulated_vfs_test {

using namespace leftfold::test_support;
using leftfold::errc;
using leftfold::sqlite::connection;
using leftfold::sqlite::file_access;
using leftfold::sqlite::statement;

constexpr auto file = "/a.db";

connection open_wal(const simulated_vfs& vfs, const char* synchronous) {
    connection db(file, {.mode = file_access::create, .vfs = vfs.name()});
    db.execute("PRAGMA journal_mode=WAL");
    db.execute(synchronous);
    db.execute("CREATE TABLE IF NOT EXISTS t(i INTEGER PRIMARY KEY, x TEXT)");
    return db;
}

struct acknowledgement {
    std::size_t moment;
    std::int64_t row;
};

// One row a commit; remembers at which moment of the disk each commit returned.
std::vector<acknowledgement> write_rows(simulated_disk& disk, const char* synchronous, std::int64_t rows) {
    const simulated_vfs vfs(disk);
    auto db = open_wal(vfs, synchronous);
    db.execute("PRAGMA wal_autocheckpoint=20");
    std::vector<acknowledgement> acknowledged;
    for (std::int64_t i = 1; i <= rows; ++i) {
        const std::string text(300, static_cast<char>('a' + i % 26));
        statement(db, "INSERT INTO t VALUES(?1, ?2)").bind(1, i).bind_text(2, text).run();
        acknowledged.push_back({disk.moment(), i});
    }
    return acknowledged;
}

std::int64_t surviving_rows(const disk_image& image) {
    simulated_disk disk(image);
    const simulated_vfs vfs(disk);
    if (!disk.find(file)) return 0;
    connection db(file, {.mode = file_access::read_write, .vfs = vfs.name()});
    EXPECT_EQ(db.query_text("PRAGMA integrity_check"), "ok");
    if (db.query_number("SELECT count(*) FROM sqlite_master") == 0) return 0;
    return db.query_number("SELECT coalesce(max(i), 0) FROM t");
}

int images_that_lost_rows(const char* synchronous) {
    simulated_disk disk;
    const auto acknowledged = write_rows(disk, synchronous, 40);
    std::mt19937_64 random(7);
    disk_replay replay(disk);
    int lost = 0;
    std::size_t next = 0;
    for (std::size_t moment = 0; moment < disk.moment(); ++moment) {
        replay.advance_to(moment);
        while (next < acknowledged.size() && acknowledged[next].moment <= moment) ++next;
        const auto promised = next == 0 ? 0 : acknowledged[next - 1].row;
        for (auto mode : {crash_mode::drop_unsynced, crash_mode::random_subset, crash_mode::torn_sectors})
            lost += surviving_rows(replay.crash(mode, random)) < promised;
    }
    return lost;
}

TEST(simulated_vfs, what_is_written_is_there_after_closing) {
    simulated_disk disk;
    write_rows(disk, "PRAGMA synchronous=FULL", 10);
    EXPECT_EQ(surviving_rows(disk.contents()), 10);
    EXPECT_GT(disk.counts().syncs, 10U);
    EXPECT_EQ(disk.find("/a.db-wal"), nullptr) << "the last connection deletes the WAL";
}

TEST(simulated_vfs, full_synchronisation_loses_nothing_at_a_power_cut) {
    EXPECT_EQ(images_that_lost_rows("PRAGMA synchronous=FULL"), 0);
}

TEST(simulated_vfs, normal_synchronisation_loses_rows_at_a_power_cut) {
    EXPECT_GT(images_that_lost_rows("PRAGMA synchronous=NORMAL"), 10);
}

TEST(simulated_vfs, readers_beside_the_writer_see_what_is_committed) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto writer = open_wal(vfs, "PRAGMA synchronous=FULL");
    connection reader(file, {.vfs = vfs.name()});
    leftfold::sqlite::transaction open(writer);
    writer.execute("INSERT INTO t VALUES(1, 'a')");
    EXPECT_EQ(reader.query_number("SELECT count(*) FROM t"), 0);
    open.commit();
    EXPECT_EQ(reader.query_number("SELECT count(*) FROM t"), 1);
    connection second(file, {.mode = file_access::read_write, .vfs = vfs.name(), .busy_wait = {}});
    const leftfold::sqlite::transaction held(writer);
    EXPECT_THROW(second.execute("INSERT INTO t VALUES(2, 'b')"), leftfold::error);
}

TEST(simulated_vfs, the_nth_call_fails_once_or_until_healed) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto db = open_wal(vfs, "PRAGMA synchronous=FULL");
    const auto insert = [&]() -> errc {
        try {
            db.execute("INSERT INTO t VALUES(NULL, 'a')");
            return errc::ok;
        } catch (const leftfold::error& failed) {
            return failed.kind();
        }
    };
    disk.inject({.calls = calls({disk_call::sync}), .nth = 2});
    EXPECT_EQ(insert(), errc::ok);
    EXPECT_FALSE(disk.fault_fired());
    EXPECT_EQ(insert(), errc::io_error);
    EXPECT_TRUE(disk.fault_fired());
    EXPECT_EQ(insert(), errc::ok);
    disk.inject({.calls = calls({disk_call::write}),
                 .nth = 1,
                 .outcome = disk_outcome::no_space,
                 .length = fault_length::until_healed});
    EXPECT_EQ(insert(), errc::disk_full);
    EXPECT_EQ(insert(), errc::disk_full);
    disk.heal();
    EXPECT_EQ(insert(), errc::ok);
}

TEST(simulated_vfs, the_same_seed_gives_the_same_log) {
    simulated_disk first;
    simulated_disk second;
    write_rows(first, "PRAGMA synchronous=FULL", 20);
    write_rows(second, "PRAGMA synchronous=FULL", 20);
    ASSERT_EQ(first.log().size(), second.log().size());
    for (std::size_t i = 0; i < first.log().size(); ++i) {
        EXPECT_EQ(first.log()[i].what, second.log()[i].what);
        EXPECT_EQ(first.log()[i].data, second.log()[i].data);
    }
}

}  // namespace simulated_vfs_test
