// Whatever ends a rebuild, and when: readers find the old rows or the new ones, complete, and the next start goes on.

#include <gtest/gtest.h>

#include <random>

#include "leftfold/projections/read_model.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/pockets.hpp"
#include "projections/read_models.hpp"
#include "support/child_process.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"

namespace rebuild_fault_test {

using read_models::code_of;

constexpr int moves = 6;

/// What somebody finds who opens the rows by their path: those of the old fold, or of the mended one, and which moves.
struct finding {
    int revision = 0;
    std::int64_t moves = 0;
    std::int64_t cents = 0;
    std::int64_t pockets = 0;
};

template <int Revision>
bool look(const std::filesystem::path& file, finding& found) {
    try {
        const auto read = leftfold::open_read_model<pockets::model<Revision>>(file);
        found.revision = Revision;
        for (const auto& each : read->rows.all()) {
            ++found.pockets;
            found.moves += each.moves;
            found.cents += each.cents;
        }
        return true;
    } catch (const leftfold::error& failed) {
        if (failed.kind() != leftfold::errc::stale_model) throw;
        return false;
    }
}

finding look(const std::filesystem::path& file) {
    finding found;
    if (!look<1>(file, found)) look<2>(file, found);
    return found;
}

/// The old fold loses a cent with each move, the mended one none.
void expect_whole(const finding& found, std::int64_t at_least) {
    EXPECT_EQ(found.pockets, pockets::count);
    EXPECT_GE(found.moves, at_least);
    EXPECT_EQ(found.cents, found.revision == 1 ? -found.moves : 0) << "revision " << found.revision;
}

class rebuild_with_faults : public read_models::fixture {
protected:
    void fill(leftfold::event_store& store) {
        pockets::sew(store);
        for (int i = 0; i != moves; ++i) pockets::append(store, i % 8, pockets::moved{i % 8, (i + 3) % 8, 10 + i});
    }
    template <class Projection>
    static void fold(leftfold::event_store& store, const leftfold::projection_options& options) {
        leftfold::projection_engine engine{store};
        engine.add<Projection>(options);
        engine.catch_up();
    }
    /// Flushes often, so that there is much between.
    static leftfold::projection_options in(const std::filesystem::path& file) {
        return {.database = file, .flush = {.events = 4}};
    }
};

TEST_F(rebuild_with_faults, survives_a_kill_between_any_two_durable_steps) {
    struct killed {};
    auto store = make_store();
    fill(store);
    for (const bool asked_for : {false, true}) {
        for (int at = 1;; ++at) {
            SCOPED_TRACE(asked_for ? "asked for" : "by a changed fold");
            SCOPED_TRACE(at);
            const auto options = in(directory_ / ((asked_for ? "asked" : "changed") + std::to_string(at)));
            if (asked_for)
                fold<pockets::mended>(store, options);
            else
                fold<pockets::broken>(store, options);
            int passed = 0;
            bool done = false;
            try {
                leftfold::projection_engine engine{store, {.failpoint = [&](std::string_view) {
                                                       if (++passed == at) throw killed{};
                                                   }}};
                engine.add<pockets::mended>(options);
                if (asked_for) engine.rebuild<pockets::mended>();
                engine.catch_up();
                done = true;
            } catch (const killed&) {
            }
            expect_whole(look(options.database), moves);
            leftfold::projection_engine engine{store};
            auto& read = engine.add<pockets::mended>(options);
            engine.catch_up();
            EXPECT_EQ(read.rows.all().size(), static_cast<std::size_t>(pockets::count));
            expect_whole(look(options.database), moves);
            EXPECT_EQ(look(options.database).revision, 2);
            if (done) break;
            ASSERT_LT(at, 100);
        }
    }
}

TEST_F(rebuild_with_faults, survives_kills_at_random_moments) {
    const auto path = directory_ / "pockets.store";
    {
        auto store = leftfold::open_sqlite(path, {.partitions = 2});
        fill(store);
        fold<pockets::broken>(store, in(file()));
    }
    std::mt19937 random(7);
    for (int round = 0; round != 12; ++round) {
        SCOPED_TRACE(round);
        leftfold::test_support::child_process engine_of([&](int pipe) {
            const auto tell = [pipe](std::string_view) { static_cast<void>(!::write(pipe, ".", 1)); };
            auto store = leftfold::open_sqlite(path);
            leftfold::projection_engine engine{store, {.failpoint = tell}};
            engine.add<pockets::mended>(in(file()));
            engine.catch_up();
            for (int i = 0;; ++i) {
                pockets::append(store, i % 8, pockets::moved{i % 8, (i + 1) % 8, i});
                engine.rebuild<pockets::mended>();
                engine.catch_up();
            }
            return 0;
        });
        // It goes on meanwhile: where the signal meets it, nobody knows.
        for (auto left = random() % 60; left != 0; --left) {
            char step = 0;
            ASSERT_EQ(::read(engine_of.pipe(), &step, 1), 1);
        }
        engine_of.kill();
        expect_whole(look(file()), moves);
    }
    auto store = leftfold::open_sqlite(path);
    fold<pockets::mended>(store, in(file()));
    expect_whole(look(file()), moves);
    EXPECT_EQ(look(file()).revision, 2);
}

TEST_F(rebuild_with_faults, leaves_the_rows_alone_when_the_disk_is_full) {
    using namespace leftfold::test_support;
    simulated_disk disk;
    const simulated_vfs vfs(disk, {.as = simulated_vfs_options::role::platform});
    int failed = 0;
    for (std::uint64_t nth = 1;; nth += 3) {
        SCOPED_TRACE(nth);
        auto store = make_store();
        fill(store);
        const auto options = in(directory_ / ("full" + std::to_string(nth)));
        leftfold::projection_engine engine{store};
        auto& read = engine.add<pockets::mended>(options);
        engine.catch_up();
        disk.inject({.calls = calls({disk_call::write}),
                     .nth = nth,
                     .outcome = disk_outcome::no_space,
                     .length = fault_length::until_healed});
        bool swapped = false;
        try {
            swapped = engine.rebuild<pockets::mended>().swapped;
        } catch (const leftfold::error&) {
            ++failed;
        }
        const bool was_full = disk.fault_fired();
        disk.heal();
        pockets::witness after;
        EXPECT_EQ(after.look(read.rows.all()), moves);
        EXPECT_EQ(after.wrong(), 0);
        pockets::append(store, 0, pockets::moved{0, 1, 0});
        engine.catch_up();
        EXPECT_TRUE(engine.rebuild<pockets::mended>().swapped) << "and there is nothing in its way afterwards";
        if (swapped && !was_full) break;
        ASSERT_LT(nth, 400U);
    }
    EXPECT_GT(failed, 3);
}

TEST_F(rebuild_with_faults, survives_a_power_cut_at_any_moment) {
    using namespace leftfold::test_support;
    auto store = make_store();
    fill(store);
    simulated_disk disk;
    std::size_t begins = 0;
    std::filesystem::create_directories(directory_ / "before");
    {
        const simulated_vfs vfs(disk, {.as = simulated_vfs_options::role::platform});
        fold<pockets::broken>(store, in(directory_ / "before/views.db"));
        begins = disk.moment();
        fold<pockets::mended>(store, in(directory_ / "before/views.db"));
    }
    std::mt19937_64 random(5);
    disk_replay replay(disk);
    int revisions[3] = {};
    for (auto moment = begins; moment <= disk.moment(); ++moment) {
        replay.advance_to(moment);
        for (const auto mode : {crash_mode::drop_unsynced, crash_mode::random_subset, crash_mode::torn_sectors}) {
            SCOPED_TRACE(moment);
            write_image(replay.crash(mode, random), directory_ / "after");
            const auto views = directory_ / "after/views.db";
            // Rows of the old fold may be older ones, as ever. The new ones are never fewer than what they were swapped
            // in with.
            const auto found = look(views);
            if (found.revision == 2) expect_whole(found, moves);
            ++revisions[found.revision];
            fold<pockets::mended>(store, in(views));
            expect_whole(look(views), moves);
        }
    }
    EXPECT_GT(revisions[1], 0);
    EXPECT_GT(revisions[2], 0);
}

}  // namespace rebuild_fault_test
