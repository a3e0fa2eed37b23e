// Rows of an inline projection and the events that they are made of, after faults of the disk, power cuts and kills.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <vector>

#include "leftfold/projections/fold_inline.hpp"
#include "leftfold/projections/fold_live.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "projections/covered.hpp"
#include "sqlite/connection.hpp"
#include "support/child_process.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/temporary_directory.hpp"

namespace fold_inline_faults_test {

using namespace bank;
using namespace leftfold::test_support;
using leftfold::fold_inline;

/// The rows of a store on a disk, once by themselves and once as its events make them.
struct both {
    std::vector<balance> rows;
    std::vector<balance> folded;
    std::size_t events = 0;
};
both rows_in(const std::string& vfs) {
    auto store = leftfold::open_sqlite("/bank.store", {.vfs = vfs});
    EXPECT_TRUE(verify(store).sound());
    const auto events = leftfold::fold_live<covered>(store);
    both found{{}, events->rows.all(), events.events()};
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        // In the file itself, before anything could be caught up.
        leftfold::sqlite::connection file(fmt::format("/bank.store/partition-{:04}.db", p), {.vfs = vfs});
        if (file.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'covered'") == 0) continue;
        const auto head = file.query_number(R"(SELECT max("offset") FROM event)");
        EXPECT_EQ(file.query_number(R"(SELECT "offset" FROM leftfold_inline)"), head) << "the rows are at the head";
    }
    found.rows = fold_inline<covered>(store)->rows.all();
    return found;
}

TEST(inline_rows_after_faults, rows_and_events_agree_whichever_call_of_the_disk_fails) {
    std::mt19937_64 random;
    int faults = 0;
    for (const auto outcome : {disk_outcome::io_error, disk_outcome::no_space}) {
        for (std::uint64_t nth = 1;; ++nth) {
            simulated_disk disk;
            const simulated_vfs vfs(disk);
            int acknowledged = 0;
            {
                auto store = leftfold::open_sqlite("/bank.store", {.partitions = 2, .vfs = vfs.name()});
                const auto read = fold_inline<covered>(store);
                disk.inject({.calls = calls({disk_call::write, disk_call::sync}), .nth = nth, .outcome = outcome});
                random.seed(27);
                acknowledged = 24 - tell_random(store, random, 24);
            }
            const auto fired = disk.fault_fired();
            disk.heal();
            const auto found = rows_in(vfs.name());
            ASSERT_EQ(found.rows, found.folded) << "fault " << nth;
            ASSERT_GE(static_cast<int>(found.events), acknowledged) << "fault " << nth;
            if (!fired) break;
            ++faults;
        }
    }
    fmt::print("inline rows: {} faults, rows and events agree after each\n", faults);
    EXPECT_GT(faults, 20);
}

TEST(inline_rows_after_faults, rows_and_events_agree_after_a_power_cut_at_any_moment) {
    std::mt19937_64 random{27};
    simulated_disk disk;
    {
        const simulated_vfs vfs(disk);
        auto store = leftfold::open_sqlite("/bank.store", {.partitions = 2, .vfs = vfs.name()});
        const auto read = fold_inline<covered>(store);
        tell_random(store, random, 60);
    }
    disk_replay replay(disk);
    int images = 0;
    std::size_t most = 0;
    // The first lines make the store, which is another test's matter.
    for (std::size_t moment = disk.moment() / 3; moment < disk.moment(); moment += 1 + random() % 4) {
        replay.advance_to(moment);
        for (const auto mode : {crash_mode::drop_unsynced, crash_mode::random_subset, crash_mode::torn_sectors}) {
            simulated_disk left(replay.crash(mode, random));
            const simulated_vfs vfs(left);
            const auto found = rows_in(vfs.name());
            ASSERT_EQ(found.rows, found.folded) << "moment " << moment;
            most = std::max(most, found.events);
            ++images;
        }
    }
    fmt::print("inline rows: {} images of a power cut, rows and events agree in each\n", images);
    EXPECT_GT(images, 60);
    EXPECT_GT(most, 10u);
}

TEST(inline_rows_after_faults, rows_and_events_agree_after_a_kill) {
    const temporary_directory place;
    std::size_t events = 0;
    for (int round = 0; round != 5; ++round) {
        child_process owner([&](int pipe) {
            auto store = leftfold::open_sqlite(place / "bank.store", {.partitions = 2});
            const auto read = fold_inline<covered>(store);
            for (int i = 0;; ++i) {
                const auto key = fmt::format("{}-{}", round, i % 9);
                if (i < 9) append(store, key, opened{key});
                append(store, key, deposited{i});
                if (::write(pipe, "a", 1) != 1) return 1;
            }
        });
        char acks[64];
        for (ssize_t heard = 0; heard < 50 + round * 13;) heard += ::read(owner.pipe(), acks, sizeof acks);
        owner.kill();
        auto store = leftfold::open_sqlite(place / "bank.store");
        EXPECT_TRUE(verify(store).sound());
        const auto folded = leftfold::fold_live<covered>(store);
        EXPECT_GE(folded.events(), events + 50);
        EXPECT_EQ(fold_inline<covered>(store)->rows.all(), folded->rows.all());
        events = folded.events();
    }
    fmt::print("inline rows: {} events over 5 kills, rows and events agree after each\n", events);
}

}  // namespace fold_inline_faults_test
