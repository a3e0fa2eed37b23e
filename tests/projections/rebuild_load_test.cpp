// Rebuilds while eight write and many read: nobody ever sees a model that is half built.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "projections/other_process.hpp"
#include "projections/pockets.hpp"
#include "projections/read_models.hpp"

namespace rebuild_load_test {

using read_models::other_process;
using read_models::rows_of_text;
using read_models::shell;

class rebuild_under_load : public read_models::fixture {
protected:
    rebuild_under_load() { pockets::sew(store_); }

    /// All that a file holds of the pockets, checkpoint included.
    static rows_of_text dump(const std::filesystem::path& of) {
        auto all = shell(of, "SELECT * FROM pockets ORDER BY number");
        for (const auto* sql : {"SELECT * FROM pockets_versions ORDER BY number, valid_to",
                                "SELECT projection, shape, store, epoch, cut, chains FROM leftfold_models"})
            for (auto& row : shell(of, sql)) all.push_back(std::move(row));
        return all;
    }
    template <class Projection>
    rows_of_text dump_of_a_clean_fold() {
        const auto clean = directory_ / "clean.db";
        leftfold::projection_engine engine{store_};
        engine.add<Projection>({.database = clean});
        engine.catch_up();
        return dump(clean);
    }

    leftfold::event_store store_ = leftfold::open_memory({.partitions = 4});
    std::promise<void> stop_now_;
};

TEST_F(rebuild_under_load, is_never_seen_half_built_by_threads_or_another_process) {
    constexpr int moves = 250;
    constexpr std::int64_t all = moves * pockets::count;
    const auto views_file = file();
    other_process reader([&] {
        pockets::witness by_path;
        pockets::witness in_sql;
        const auto read = leftfold::open_read_model<pockets::mended>(views_file);
        leftfold::sql_reader sql{views_file};
        std::int64_t seen = 0;
        while (seen != all) {
            seen = by_path.look(read->rows.all());
            const auto [number, cents, made] = sql.query<std::int64_t, std::int64_t, std::int64_t>(
                "SELECT count(*), sum(cents), sum(moves) FROM "
                "pockets")[0];
            seen = std::min(seen, in_sql.look(number, cents, made));
        }
        return by_path.wrong() + in_sql.wrong() == 0 ? 0 : 1;
    });
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<pockets::mended>(views());
    engine.catch_up();
    engine.start();
    reader.start();
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i != 3; ++i)
        threads.emplace_back([&] {
            pockets::witness handle;
            while (handle.look(read.rows.all()) != all) {
            }
            wrong += handle.wrong();
        });
    {
        pockets::writers writing(store_, moves);
        for (int generation = 2; generation != 5; ++generation) {
            const auto done = engine.rebuild<pockets::mended>();
            EXPECT_TRUE(done.swapped) << to_string(done.compared);
            EXPECT_EQ(done.generation, generation);
        }
    }
    for (auto& each : threads) each.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(reader.finish(), 0);
    engine.stop();
    EXPECT_TRUE(leftfold::verify_projection<pockets::mended>(store_, file()).sound());
    EXPECT_EQ(dump(file().string() + ".pockets.g4"), dump_of_a_clean_fold<pockets::mended>());
}

TEST_F(rebuild_under_load, of_a_mended_fold_ends_equal_to_a_clean_one_history_included) {
    {
        pockets::writers writing(store_, 100);
        leftfold::projection_engine engine{store_};
        engine.add<pockets::broken>(views());
        engine.start();
        writing.finish();
        engine.stop();
        engine.catch_up();
    }
    pockets::writers writing(store_, 100);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<pockets::mended>(views());
    EXPECT_EQ(read_models::code_of([&] { read.rows.all(); }), leftfold::errc::stale_model);
    engine.start();
    writing.finish();
    engine.wait_for(pockets::append(store_, 0, pockets::moved{0, 1, 5}), {.at_most = std::chrono::seconds{60}});
    pockets::witness after;
    EXPECT_EQ(after.look(read.rows.all()), 2 * 100 * pockets::count + 1);
    EXPECT_EQ(after.wrong(), 0);
    engine.stop();
    EXPECT_EQ(dump(file().string() + ".pockets.g2"), dump_of_a_clean_fold<pockets::mended>());
}

TEST_F(rebuild_under_load, ends_when_the_engine_is_stopped_and_leaves_the_rows_as_they_were) {
    leftfold::projection_engine engine{store_, {.failpoint = [&](std::string_view step) {
                                           if (step == "generation is made") stop_now_.set_value();
                                       }}};
    auto& read = engine.add<pockets::mended>(views());
    pockets::writers(store_, 50).finish();
    engine.start();
    auto ended = std::async(std::launch::async, [&] {
        // Either it was quicker than the stop, or it was stopped.
        try {
            return engine.rebuild<pockets::mended>().swapped;
        } catch (const leftfold::error& stopped) {
            return stopped.kind() == leftfold::errc::projection_stopped;
        }
    });
    stop_now_.get_future().wait();
    engine.stop();
    EXPECT_TRUE(ended.get());
    engine.catch_up();
    pockets::witness after;
    EXPECT_EQ(after.look(read.rows.all()), 50 * pockets::count);
    EXPECT_EQ(after.wrong(), 0);
}

}  // namespace rebuild_load_test
