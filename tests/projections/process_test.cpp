// Read models over the SQLite store, and other processes beside the engine.

#include <gtest/gtest.h>

#include "leftfold/storage/sqlite_store.hpp"
#include "projections/other_process.hpp"
#include "projections/read_models.hpp"
#include "support/child_process.hpp"

namespace process_test {

using read_models::other_process;
using read_models::shell;

class read_models_on_disk : public read_models::fixture {};

TEST_F(read_models_on_disk, are_read_by_another_process_while_the_engine_runs) {
    const auto views_file = file();
    other_process reader([&] { return std::stoi(shell(views_file, "SELECT cents FROM balances")[0][0]); });
    other_process owner([&] {
        auto beside = leftfold::open_memory();
        leftfold::projection_engine second{beside};
        return read_models::code_of([&] { second.add<bank::balances>({.database = views_file}); }) ==
                       leftfold::errc::locked
                   ? 7
                   : 1;
    });
    auto store = leftfold::open_sqlite(directory_ / "bank.store", {.partitions = 4});
    leftfold::projection_engine engine{store};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    bank::append(store, "alice", bank::opened{"Alice"});
    const auto before = bank::append(store, "alice", bank::deposited{100});
    engine.wait_for(bank::append(store, "alice", bank::withdrawn{58}).position);
    EXPECT_EQ(reader.run(), 42);
    EXPECT_EQ(owner.run(), 7) << "but it is owned by one";
    EXPECT_EQ(read.rows.as_of(before.recorded).find("alice")->cents, 100);
}

TEST_F(read_models_on_disk, go_on_when_store_and_engine_are_opened_again) {
    leftfold::appended first;
    {
        auto store = leftfold::open_sqlite(directory_ / "bank.store", {.partitions = 2});
        leftfold::projection_engine engine{store};
        engine.add<bank::balances>(views());
        engine.start();
        bank::append(store, "alice", bank::opened{"Alice"});
        first = bank::append(store, "alice", bank::deposited{1});
        engine.wait_for(first.position);
    }
    auto store = leftfold::open_sqlite(directory_ / "bank.store");
    leftfold::projection_engine engine{store};
    auto& read = engine.add<bank::balances>(views());
    EXPECT_EQ(engine.status<bank::balances>().begun_anew_because, "");
    EXPECT_EQ(read.rows.find("alice")->cents, 1);
    engine.start();
    const auto second = bank::append(store, "alice", bank::deposited{1});
    engine.wait_for(second.position);
    EXPECT_EQ(read.rows.as_of(first.recorded).find("alice")->cents, 1);
    EXPECT_EQ(read.rows.as_of(second.recorded).find("alice")->cents, 2);
}

TEST_F(read_models_on_disk, in_a_reading_process_reach_the_end_of_a_store_whose_owner_was_killed) {
    const auto path = directory_ / "bank.store";
    leftfold::position last;
    {
        leftfold::test_support::child_process owner([&](int pipe) {
            auto store = leftfold::open_sqlite(path, {.partitions = 2});
            bank::append(store, "alice", bank::opened{"Alice"});
            const auto where = bank::append(store, "alice", bank::deposited{5}).position;
            if (::write(pipe, &where, sizeof where) != sizeof where) return 1;
            ::pause();
            return 0;
        });
        ASSERT_EQ(::read(owner.pipe(), &last, sizeof last), static_cast<ssize_t>(sizeof last));
        owner.kill();
    }
    std::filesystem::remove(path / "live");  // the owner's last word, lost with the power
    auto store = leftfold::open_sqlite(path, {.access = leftfold::access::read_only,
                                              .store = {.limits = {.as_of_wait = std::chrono::milliseconds{20}}}});
    leftfold::projection_engine engine{store};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    engine.wait_for(last);
    EXPECT_EQ(read.rows.find("alice")->cents, 5);
    const auto now = leftfold::recorded_at::from_micros(store.world().clock->wall_us());
    EXPECT_EQ(read.rows.as_of(now).find("alice")->cents, 5);
}

TEST_F(read_models_on_disk, answer_moments_from_the_plain_shell) {
    auto store = make_store();
    const auto opened = bank::append(store, "alice", bank::opened{"Alice"});
    clock_->advance(std::chrono::hours{24});
    bank::append(store, "alice", bank::deposited{7});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.catch_up();
    EXPECT_EQ(shell(file(),
                    "SELECT account, cents FROM balances_history "
                    "WHERE valid_from <= unixepoch('2026-01-01 12:00') * 1000000 "
                    "AND valid_to > unixepoch('2026-01-01 12:00') * 1000000"),
              (read_models::rows_of_text{{"alice", "0"}}));
    EXPECT_EQ(shell(file(), "SELECT cents FROM balances_history WHERE valid_to = 9223372036854775807"),
              (read_models::rows_of_text{{"7"}}));
    EXPECT_EQ(shell(file(), "SELECT datetime(through / 1000000, 'unixepoch') FROM leftfold_models")[0][0].substr(0, 10),
              "2026-01-02");
}

}  // namespace process_test
