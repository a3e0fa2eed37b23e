#include "sqlite/gathering_vfs.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <string>

#include "leftfold/storage/error.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/temporary_directory.hpp"

namespace gathering_vfs_test {

using leftfold::errc;
using leftfold::sqlite::checkpoint_mode;
using leftfold::sqlite::checkpoint_wal;
using leftfold::sqlite::connection;
using leftfold::sqlite::file_access;
using leftfold::sqlite::gathering_vfs;
using leftfold::sqlite::statement;
using leftfold::sqlite::transaction;
using leftfold::test_support::simulated_disk;
using leftfold::test_support::simulated_vfs;
using leftfold::test_support::temporary_directory;

/// A database that syncs each commit to its WAL, which somebody has committed to before.
class synced_database {
public:
    synced_database(const std::filesystem::path& file, std::string_view below)
        : vfs_(gathering_vfs::over(below)), db_(file, {.mode = file_access::create, .vfs = vfs_->name()}) {
        db_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
        db_.execute("CREATE TABLE t(i INTEGER PRIMARY KEY, bytes BLOB)");
        commit(1, 10);
    }

    /// Commits so many rows of so many bytes each.
    void commit(int rows, std::size_t bytes) {
        const std::string content(bytes, 'x');
        transaction change(db_);
        statement insert(db_, "INSERT INTO t(bytes) VALUES(?1)");
        for (int i = 0; i != rows; ++i) insert.bind_blob(1, content).run();
        change.commit();
    }

    connection& database() { return db_; }

private:
    std::shared_ptr<const gathering_vfs> vfs_;
    connection db_;
};

/// How many calls that write this process has made so far; 0 where the kernel does not count them.
std::uint64_t write_calls() {
    std::ifstream counts("/proc/self/io");
    std::string name;
    for (std::uint64_t count = 0; counts >> name >> count;)
        if (name == "syscw:") return count;
    return 0;
}

TEST(gathering_vfs, a_commit_is_one_write_on_the_systems_own_files) {
    const temporary_directory place;
    synced_database db(place / "a.db", "");
    const auto before = write_calls();
    for (int i = 0; i != 10; ++i) db.commit(40, 400);
    // SQLite alone makes above a hundred. A sanitizer writes to a pipe of its own now and then.
    EXPECT_LT(write_calls() - before, 20u);
}

TEST(gathering_vfs, a_commit_is_one_write_and_one_sync_of_another_vfs) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    synced_database db("/a.db", vfs.name());
    const auto before = disk.counts();
    for (int i = 0; i != 10; ++i) db.commit(40, 400);
    EXPECT_EQ(disk.counts().writes - before.writes, 10u);
    EXPECT_EQ(disk.counts().syncs - before.syncs, 10u);
}

TEST(gathering_vfs, others_see_a_commit_when_it_returns) {
    const temporary_directory place;
    synced_database db(place / "a.db", "");
    connection other(place / "a.db");
    for (int i = 0; i != 20; ++i) {
        db.commit(3, 5'000);
        EXPECT_EQ(other.query_number("SELECT count(*) FROM t"), 1 + 3 * (i + 1));
    }
}

TEST(gathering_vfs, more_than_is_gathered_is_there_all_the_same) {
    for (const bool simulated : {false, true}) {
        const temporary_directory place;
        simulated_disk disk;
        const simulated_vfs vfs(disk);
        const auto below = simulated ? vfs.name() : std::string();
        const auto file = simulated ? std::filesystem::path("/a.db") : place / "a.db";
        synced_database db(file, below);
        // The second is more than SQLite keeps in memory: pages go to the WAL before the commit and come back.
        db.commit(300, gathering_vfs::gathered_max / 100);
        db.commit(2'000, gathering_vfs::gathered_max / 100);
        db.commit(1, 10);
        connection other(file, {.vfs = below});
        EXPECT_EQ(other.query_number("SELECT count(*) FROM t"), 2'302);
        EXPECT_EQ(other.query_text("PRAGMA integrity_check"), "ok");
    }
}

TEST(gathering_vfs, what_was_rolled_back_leaves_nothing) {
    const temporary_directory place;
    synced_database db(place / "a.db", "");
    for (const int rows : {10, 10'000}) {
        {
            const transaction open(db.database());
            statement insert(db.database(), "INSERT INTO t(bytes) VALUES(zeroblob(1000))");
            for (int i = 0; i != rows; ++i) insert.run();
        }
        db.commit(1, 10);
    }
    EXPECT_TRUE(checkpoint_wal(db.database(), checkpoint_mode::truncate).complete());
    EXPECT_EQ(connection(place / "a.db").query_number("SELECT count(*) FROM t"), 3);
    EXPECT_EQ(db.database().query_text("PRAGMA integrity_check"), "ok");
}

TEST(gathering_vfs, is_known_to_sqlite_while_somebody_holds_it) {
    const auto first = gathering_vfs::over("");
    const auto name = first->name();
    auto second = gathering_vfs::over("");
    EXPECT_EQ(first, second);
    EXPECT_NE(sqlite3_vfs_find(name.c_str()), nullptr);
    std::string of_another;
    {
        simulated_disk disk;
        const simulated_vfs vfs(disk);
        of_another = gathering_vfs::over(vfs.name())->name();
        EXPECT_NE(of_another, name);
    }
    EXPECT_EQ(sqlite3_vfs_find(of_another.c_str()), nullptr);
}

TEST(gathering_vfs, over_none_is_refused) {
    try {
        gathering_vfs::over("no such thing");
        FAIL() << "it was taken";
    } catch (const leftfold::error& refused) {
        EXPECT_EQ(refused.kind(), errc::invalid_argument);
    }
}

}  // namespace gathering_vfs_test
