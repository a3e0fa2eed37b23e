// New rows are folded beside the live ones, and readers see the old or the new, never something between.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "projections/fixed_bank.hpp"
#include "projections/read_models.hpp"
#include "support/changed_by_hand.hpp"

namespace rebuild_test {

using bank::fixed;
using read_models::code_of;
using read_models::shell;
using row = std::tuple<std::string, std::int64_t>;

class rebuild_beside : public read_models::fixture {
protected:
    std::filesystem::path generation(int number) const {
        return directory_ / ("views.db.balances.g" + std::to_string(number));
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& each : std::filesystem::directory_iterator(directory_.path())) {
            auto name = each.path().filename().string();
            if (name.find(".g") != std::string::npos && name.find('-') == std::string::npos)
                names.push_back(std::move(name));
        }
        std::sort(names.begin(), names.end());
        return names;
    }
    void append_some() {
        bank::append(store_, "alice", bank::opened{"Alice"});
        bank::append(store_, "bob", bank::opened{"Bob"});
        bank::append(store_, "alice", bank::deposited{30});
        bank::append(store_, "bob", bank::deposited{12});
    }
    void fold_first() {
        append_some();
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        engine.catch_up();
    }

    leftfold::event_store store_ = make_store();
};

TEST_F(rebuild_beside, gives_the_same_rows_in_a_file_of_their_own) {
    append_some();
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    const auto done = engine.rebuild<bank::balances>();
    EXPECT_TRUE(done.swapped);
    EXPECT_EQ(done.generation, 2);
    EXPECT_EQ(done.compared.rows, 4) << "two rows, and two versions that are over";
    EXPECT_EQ(engine.status<bank::balances>().generation, 2);
    EXPECT_EQ(read.rows.find("alice")->cents, 30);
    bank::append(store_, "alice", bank::deposited{1});
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 31);
    EXPECT_EQ(shell(generation(2), "SELECT cents FROM balances WHERE account = 'alice'")[0][0], "31");
    EXPECT_EQ(shell(file(), "SELECT cents FROM balances WHERE account = 'alice'")[0][0], "30") << "kept as it was";
    EXPECT_TRUE(leftfold::verify_projection<bank::balances>(store_, file()).sound());
}

TEST_F(rebuild_beside, goes_on_where_it_was_when_the_program_starts_again) {
    fold_first();
    {
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        EXPECT_TRUE(engine.rebuild<bank::balances>().swapped);
    }
    bank::append(store_, "alice", bank::deposited{1});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    EXPECT_EQ(engine.status<bank::balances>().begun_anew_because, "");
    EXPECT_EQ(engine.status<bank::balances>().generation, 2);
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 31);
}

TEST_F(rebuild_beside, keeps_the_generation_before_until_the_next_one) {
    fold_first();
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    engine.catch_up();
    engine.rebuild<bank::balances>();
    engine.rebuild<bank::balances>();
    EXPECT_EQ(files(), (std::vector<std::string>{"views.db.balances.g2", "views.db.balances.g3"}));
    EXPECT_TRUE(shell(file(), "SELECT name FROM sqlite_schema WHERE name LIKE 'balances%'").empty())
        << "the rows in the database itself were those before";
    engine.rebuild<bank::balances>();
    EXPECT_EQ(files(), (std::vector<std::string>{"views.db.balances.g3", "views.db.balances.g4"}));
}

TEST_F(rebuild_beside, is_seen_by_readers_that_were_there_before) {
    fold_first();
    const auto by_path = leftfold::open_read_model<bank::balances>(file());
    leftfold::sql_reader in_sql{file()};
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    engine.catch_up();
    const auto in_all = [&](std::int64_t cents) {
        EXPECT_EQ(by_path->rows.find("alice")->cents, cents);
        EXPECT_EQ((in_sql.query<std::int64_t>("SELECT cents FROM balances WHERE account = 'alice'")),
                  (std::vector<std::tuple<std::int64_t>>{{cents}}));
    };
    in_all(30);
    for (int i = 1; i != 4; ++i) {
        engine.rebuild<bank::balances>();
        const auto done = bank::append(store_, "alice", bank::deposited{1});
        engine.catch_up();
        in_all(30 + i);
        by_path.wait_for(done.position);
        EXPECT_EQ((in_sql.query<std::string, std::int64_t>(
                      "SELECT a.account, b.cents - a.cents FROM balances_as_of(?1) a JOIN balances b USING (account) "
                      "WHERE account = 'alice'",
                      done.recorded.micros() - 1)),
                  (std::vector<row>{{"alice", 1}}))
            << "then and now";
    }
}

TEST_F(rebuild_beside, does_not_swap_rows_in_that_differ_unless_it_is_told_to) {
    fold_first();
    {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
        EXPECT_EQ(
            sqlite3_exec(raw, "UPDATE balances SET cents = 31 WHERE account = 'alice'", nullptr, nullptr, nullptr),
            SQLITE_OK);
        sqlite3_close(raw);
    }
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    const auto refused = engine.rebuild<bank::balances>();
    EXPECT_FALSE(refused.swapped);
    ASSERT_EQ(refused.compared.drifts.size(), 1U);
    EXPECT_EQ(to_string(refused.compared.drifts[0]), "balances alice: cents: expected 30, found 31");
    EXPECT_EQ(read.rows.find("alice")->cents, 31);
    EXPECT_TRUE(files().empty()) << "what was built is dropped";
    EXPECT_TRUE(engine.rebuild<bank::balances>({.differences = leftfold::differences::accepted}).swapped);
    EXPECT_EQ(read.rows.find("alice")->cents, 30);
}

TEST_F(rebuild_beside, swaps_rows_in_that_differ_as_they_are_meant_to_and_no_others) {
    fold_first();
    leftfold::test_support::change_by_hand(file(), "UPDATE balances SET cents = cents + 1");
    leftfold::test_support::change_by_hand(file(), "DELETE FROM balances_versions WHERE account = 'bob'");
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    using leftfold::drift;
    const auto in_cents = [](const drift& one) {
        return one.what == drift::kind::changed && one.columns.size() == 1 && one.columns[0].name == "cents";
    };
    const auto refused = engine.rebuild<bank::balances>({.expected = in_cents});
    EXPECT_FALSE(refused.swapped);
    EXPECT_EQ(refused.compared.expected, 2);
    ASSERT_EQ(refused.compared.drifts.size(), 1U) << to_string(refused.compared);
    EXPECT_EQ(refused.compared.drifts[0].what, drift::kind::missing);
    const auto done = engine.rebuild<bank::balances>(
        {.expected = [&](const drift& one) { return in_cents(one) || one.key == "bob"; }});
    EXPECT_TRUE(done.swapped) << to_string(done.compared);
    EXPECT_EQ(done.compared.expected, 3);
    EXPECT_NE(to_string(done.compared).find("3 that are meant to differ"), std::string::npos);
    EXPECT_EQ(read.rows.find("alice")->cents, 30);
}

TEST_F(rebuild_beside, of_a_changed_fold_begins_by_itself_and_shows_nothing_before_the_swap) {
    fold_first();
    const auto old_program = leftfold::open_read_model<bank::balances>(file());
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<fixed>(views());
    EXPECT_NE(engine.status<fixed>().begun_anew_because, "");
    EXPECT_EQ(code_of([&] { read.rows.find("alice"); }), leftfold::errc::stale_model);
    EXPECT_EQ(old_program->rows.find("alice")->cents, 30) << "who reads the old shape may go on";
    EXPECT_EQ(code_of([&] {
                  engine.wait_for<fixed>({leftfold::partition_id{0}, leftfold::offset{1}}, {.at_most = {}});
              }),
              leftfold::errc::behind);
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 3'000);
    EXPECT_EQ(code_of([&] { old_program->rows.find("alice"); }), leftfold::errc::stale_model);
    EXPECT_EQ(files(), (std::vector<std::string>{"views.db.balances.g2"}));
}

TEST_F(rebuild_beside, can_be_told_to_refuse_a_changed_fold_or_to_drop_the_rows) {
    fold_first();
    auto options = views();
    options.on_change = leftfold::when_changed::refuse;
    {
        leftfold::projection_engine engine{store_};
        EXPECT_EQ(code_of([&] { engine.add<fixed>(options); }), leftfold::errc::stale_model);
    }
    EXPECT_EQ(leftfold::open_read_model<bank::balances>(file())->rows.find("alice")->cents, 30);
    options.on_change = leftfold::when_changed::in_place;
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<fixed>(options);
    EXPECT_FALSE(read.rows.find("alice")) << "readers see the rows grow";
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 3'000);
    EXPECT_TRUE(files().empty());
}

TEST_F(rebuild_beside, of_an_earlier_program_goes_on_with_the_rows_that_are_kept) {
    fold_first();
    const auto fold = [&]<class Projection>(Projection*) {
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<Projection>(views());
        engine.catch_up();
        return read.rows.find("alice")->cents;
    };
    EXPECT_EQ(fold(static_cast<fixed*>(nullptr)), 3'000);
    bank::append(store_, "alice", bank::deposited{1});
    EXPECT_EQ(fold(static_cast<bank::balances*>(nullptr)), 31);
    EXPECT_EQ(shell(file(), "SELECT cents FROM balances WHERE account = 'alice'")[0][0], "31")
        << "in the database itself, where they always were";
    EXPECT_EQ(fold(static_cast<fixed*>(nullptr)), 3'100);
    EXPECT_EQ(files(), (std::vector<std::string>{"views.db.balances.g2"}));
}

TEST_F(rebuild_beside, of_one_projection_is_one_at_a_time) {
    append_some();
    // So many that they are folded on the thread that asked, while the engine is free for others.
    for (int i = 0; i != 1'500; ++i) bank::append(store_, "alice", bank::deposited{1});
    bool begun = false;
    std::optional<leftfold::errc> second;
    leftfold::projection_engine* running = nullptr;
    leftfold::projection_engine engine{store_, {.failpoint = [&](std::string_view step) {
                                           begun = begun || step == "generation is made";
                                           if (begun && !second && step == "flush begins")
                                               second = code_of([&] { running->rebuild<bank::balances>(); });
                                       }}};
    running = &engine;
    engine.add<bank::balances>(views());
    engine.catch_up();
    EXPECT_TRUE(engine.rebuild<bank::balances>().swapped);
    EXPECT_EQ(second, leftfold::errc::already_exists);
}

TEST_F(rebuild_beside, that_ended_early_is_never_swapped_in) {
    append_some();
    const auto cut_short = [&](std::string_view step) {
        if (step != "generation is durable") return;
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(generation(2).c_str(), &raw), SQLITE_OK);
        const auto sql = "DELETE FROM balances; UPDATE leftfold_models SET cut = '" +
                         to_string(leftfold::cut(store_.partitions())) + "'";
        EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(raw);
    };
    leftfold::projection_engine engine{store_, {.failpoint = cut_short}};
    auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    EXPECT_EQ(code_of([&] { engine.rebuild<bank::balances>(); }), leftfold::errc::behind);
    EXPECT_EQ(read.rows.find("alice")->cents, 30);
    EXPECT_TRUE(files().empty());
}

TEST_F(rebuild_beside, leaves_nothing_when_an_event_cannot_be_folded_any_more) {
    append_some();
    {
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<bank::picky>(views());
        engine.catch_up();
        bank::picky::refuses = true;
        std::string why;
        EXPECT_EQ(code_of([&] { engine.rebuild<bank::picky>(); }, &why), leftfold::errc::projection_stopped);
        EXPECT_NE(why.find("not today"), std::string::npos) << why;
        bank::picky::refuses = false;
        EXPECT_EQ(read.rows.find("alice")->cents, 30);
    }
    EXPECT_TRUE(files().empty());
}

TEST_F(rebuild_beside, is_rolled_back_to_rows_that_have_caught_up) {
    fold_first();
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    EXPECT_EQ(code_of([&] { engine.roll_back<bank::balances>(); }), leftfold::errc::not_found) << "nothing is kept yet";
    engine.rebuild<bank::balances>();
    for (const int generation : {1, 2, 1}) {
        const auto done = bank::append(store_, "bob", bank::deposited{1});
        engine.wait_for(done.position);
        const auto before = read.rows.find("bob")->cents;
        engine.roll_back<bank::balances>();
        EXPECT_EQ(engine.status<bank::balances>().generation, generation);
        EXPECT_EQ(read.rows.find("bob")->cents, before);
        EXPECT_EQ(read.rows.as_of(done.recorded).find("bob")->cents, before) << "history included";
    }
    engine.stop();
    EXPECT_TRUE(leftfold::verify_projection<bank::balances>(store_, file()).sound());
}

TEST_F(rebuild_beside, is_not_rolled_back_to_rows_of_another_shape) {
    fold_first();
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<fixed>(views());
    engine.catch_up();
    EXPECT_EQ(code_of([&] { engine.roll_back<fixed>(); }), leftfold::errc::stale_model);
    EXPECT_EQ(read.rows.find("alice")->cents, 3'000);
}

TEST_F(rebuild_beside, keeps_nothing_when_it_is_told_so) {
    fold_first();
    auto options = views();
    options.previous_rows = leftfold::previous_rows::dropped;
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(options);
    engine.rebuild<bank::balances>();
    engine.rebuild<bank::balances>();
    EXPECT_EQ(files(), (std::vector<std::string>{"views.db.balances.g3"}));
    EXPECT_EQ(read.rows.find("alice")->cents, 30);
    EXPECT_EQ(code_of([&] { engine.roll_back<bank::balances>(); }), leftfold::errc::not_found);
}

TEST_F(rebuild_beside, says_how_far_it_is) {
    fold_first();
    auto options = views();
    options.flush.events = 1;
    leftfold::projection_engine engine{store_};
    engine.add<fixed>(options);
    std::vector<std::size_t> done;
    while (const auto now = engine.status<fixed>().rebuilding) {
        EXPECT_EQ(now->generation, 2);
        done.push_back(now->done);
        clock_->advance(std::chrono::seconds{1});
        engine.step();
        if (const auto then = engine.status<fixed>().rebuilding; then && then->done == 2) {
            EXPECT_EQ(then->all, 4U);
            EXPECT_DOUBLE_EQ(then->share(), 0.5);
            EXPECT_DOUBLE_EQ(then->events_per_second, 1);
            EXPECT_EQ(then->left, std::chrono::seconds{2});
        }
    }
    EXPECT_EQ(done, (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST_F(rebuild_beside, of_a_projection_in_memory_is_refused) {
    leftfold::projection_engine engine{store_};
    engine.add_in_memory<bank::counted>();
    EXPECT_EQ(code_of([&] { engine.rebuild<bank::counted>(); }), leftfold::errc::unsupported);
}

}  // namespace rebuild_test
