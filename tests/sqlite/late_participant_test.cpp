// A commit participant that comes when there are events already.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <string>

#include "leftfold/storage/commit_participant.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "sqlite/connection.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"

namespace leftfold {
namespace late_participant_test {

using namespace test_support;

void execute(commit_transaction& in, const char* sql) {
    if (sqlite3_exec(in.sqlite(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw error(errc::io_error, sqlite3_errmsg(in.sqlite()));
}

void append(event_store& store) {
    std::vector<event_data> one;
    one.emplace_back("account.opened", "{}");
    store.append(stream_id("account", "s"), expected_version::any(), one).value();
}

/// Notes the offset of each event, those that were there before it too: three of them at a time.
class late_comer final : public late_participant {
public:
    explicit late_comer(int fails_at = 0) : fails_at_(fails_at) {}
    std::string_view name() const override { return "the late comer"; }
    bool catch_up(partition_id, commit_transaction& in) override {
        execute(in, "CREATE TABLE IF NOT EXISTS seen(at INTEGER PRIMARY KEY)");
        execute(in, R"(INSERT INTO seen SELECT "offset" FROM event
                       WHERE "offset" > (SELECT coalesce(max(at), 0) FROM seen) ORDER BY 1 LIMIT 3)");
        if (++calls == fails_at_) throw error(errc::missing_row, "tired");
        return sqlite3_changes(in.sqlite()) != 0;
    }
    std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction& in) override {
        for (std::size_t i = 0; i != events.size(); ++i) execute(in, "INSERT INTO seen SELECT max(at) + 1 FROM seen");
        return std::nullopt;
    }

    int calls = 0;

private:
    int fails_at_;
};

TEST(commit_participants, one_that_comes_late_catches_up_part_by_part_before_it_joins) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    const sqlite_options how{.partitions = 1, .vfs = vfs.name()};
    const auto seen = [&] {
        return sqlite::connection("/bank.store/partition-0000.db", {.vfs = vfs.name()})
            .query_number("SELECT count(*) FROM seen");
    };
    {
        auto store = open_sqlite("/bank.store", how);
        for (int i = 0; i != 10; ++i) append(store);
    }
    auto store = open_sqlite("/bank.store", how);
    try {
        join_commits(store, std::make_shared<late_comer>(3));
        FAIL() << "it failed to catch up";
    } catch (const error& failed) {
        EXPECT_EQ(failed.kind(), errc::missing_row);
        EXPECT_NE(std::string(failed.what()).find("joining commits: the late comer: "), std::string::npos);
    }
    EXPECT_EQ(seen(), 6) << "the parts before are kept";
    disk.inject({.calls = calls({disk_call::sync}), .nth = 1, .outcome = disk_outcome::io_error});
    EXPECT_THROW(join_commits(store, std::make_shared<late_comer>()), error);
    EXPECT_TRUE(disk.fault_fired());
    disk.heal();
    const auto who = std::make_shared<late_comer>();
    join_commits(store, who);
    EXPECT_EQ(seen(), 10);
    EXPECT_LE(who->calls, 3) << "it went on from there";
    append(store);
    EXPECT_EQ(seen(), 11);
    EXPECT_TRUE(verify(store).sound());
}

}  // namespace late_participant_test
}  // namespace leftfold
