// Read models opened by path, by a program that has no engine.

#include "leftfold/projections/read_model.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/other_process.hpp"
#include "projections/read_models.hpp"
#include "sqlite/connection.hpp"
#include "support/pretended_file_system.hpp"
#include "support/stranger.hpp"

namespace read_model_test {

using leftfold::errc;
using leftfold::offset;
using leftfold::partition_id;
using read_models::code_of;

/// Sees deposits alone: most events pass it by.
class deposits : public leftfold::projection<deposits, bank::deposited> {
public:
    static constexpr auto projection_name = "deposits";
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "deposits", {.history = true}};
    void on(const bank::deposited& e, const leftfold::recorded& at) { rows.put({at.key(), e.cents}); }
};

/// The balances of a later program.
class revised : public leftfold::projection<revised, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "balances";
    static constexpr int revision = 2;
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "balances", {.history = true}};
    void on(const bank::opened&, const leftfold::recorded& at) { rows.put({at.key(), -1}); }
    void on(const bank::deposited&) {}
};

class opened_read_model : public read_models::fixture {
protected:
    template <class Projection>
    void fold(leftfold::event_store& store) {
        leftfold::projection_engine engine{store};
        engine.add<Projection>(views());
        engine.catch_up();
    }
    /// Without a wait: what is not there yet is said at once.
    leftfold::read_model_options at_once(leftfold::event_store* store = nullptr) const {
        return {.store = store, .as_of_wait = std::chrono::milliseconds{0}};
    }
};

TEST_F(opened_read_model, answers_from_the_file_alone_what_the_engine_left) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    const auto before = bank::append(store, "bob", bank::opened{"Bob"});
    bank::append(store, "bob", bank::deposited{7});
    fold<bank::balances>(store);

    const auto read = leftfold::open_read_model<bank::balances>(file());
    EXPECT_EQ(read->rows.find("bob"), (bank::balance{"bob", 7}));
    EXPECT_EQ(read->rows.find("carol"), std::nullopt);
    EXPECT_EQ(read->rows.range("a", "b"), (std::vector<bank::balance>{{"alice", 0}}));
    EXPECT_EQ(read->rows.where<&bank::balance::cents>(7), (std::vector<bank::balance>{{"bob", 7}}));
    EXPECT_EQ(read->rows.count(), 2);
    EXPECT_EQ(read->rows.as_of(before.recorded).find("bob")->cents, 0);
    const auto status = read.status();
    EXPECT_EQ(status.store, store.id());
    EXPECT_EQ(status.reached, store.heads());
    EXPECT_EQ(status.through, store.closed());
    EXPECT_EQ(status.events_behind, std::nullopt) << "only the store knows that";
}

TEST_F(opened_read_model, is_refused_on_a_network_file_system_as_its_owner_and_sql_are) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    fold<bank::balances>(store);
    const leftfold::test_support::pretended_file_system nfs(0x6969);
    EXPECT_EQ(code_of([&] { leftfold::open_read_model<bank::balances>(file()); }), errc::network_file_system);
    EXPECT_EQ(code_of([&] { leftfold::sql_reader{file()}; }), errc::network_file_system);
    EXPECT_EQ(code_of([&] { fold<bank::balances>(store); }), errc::network_file_system);
}

TEST_F(opened_read_model, shows_its_checkpoint_and_its_lag) {
    auto store = make_store();
    const auto first = bank::append(store, "alice", bank::opened{"Alice"});
    fold<bank::balances>(store);
    const auto read = leftfold::open_read_model<bank::balances>(file(), at_once(&store));
    EXPECT_EQ(read.status().events_behind, 0U);
    EXPECT_EQ(read.status().time_behind.count(), 0);
    clock_->advance(std::chrono::seconds{3});
    const auto second = bank::append(store, "bob", bank::opened{"Bob"});
    EXPECT_EQ(read.status().events_behind, 1U);
    EXPECT_EQ(read.status().time_behind, std::chrono::seconds{3});
    EXPECT_EQ(read->rows.as_of(first.recorded).cut(), store.cut_at(first.recorded));
    EXPECT_EQ(read->rows.as_of(store.cut_at(first.recorded)).count(), 1);
    std::string text;
    EXPECT_EQ(code_of([&] { read->rows.as_of(second.recorded); }, &text), errc::behind);
    EXPECT_NE(text.find("1 events behind"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { read.wait_for(second.position, {.at_most = std::chrono::milliseconds{5}}); }, &text),
              errc::behind);
    EXPECT_NE(text.find("waiting for event " + to_string(second.position)), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { read.wait_for({partition_id{99}, offset{1}}); }), errc::invalid_argument);
    fold<bank::balances>(store);
    read.wait_for(second.position, {.at_most = std::chrono::milliseconds{0}});
    EXPECT_EQ(read->rows.as_of(second.recorded).count(), 2);
}

TEST_F(opened_read_model, knows_the_past_up_to_its_checkpoint_and_no_cut_when_it_has_no_store) {
    auto store = make_store();
    const auto first = bank::append(store, "alice", bank::opened{"Alice"});
    fold<bank::balances>(store);
    const auto second = bank::append(store, "bob", bank::opened{"Bob"});
    const auto read = leftfold::open_read_model<bank::balances>(file(), at_once());
    const auto then = read->rows.as_of(first.recorded);
    EXPECT_EQ(then.count(), 1);
    EXPECT_EQ(code_of([&] { static_cast<void>(then.cut()); }), errc::unsupported);
    EXPECT_EQ(code_of([&] { read->rows.as_of(store.heads()); }), errc::unsupported);
    EXPECT_EQ(code_of([&] { read->rows.as_of(second.recorded); }), errc::behind);
}

TEST_F(opened_read_model, sees_a_checkpoint_that_moved_over_events_which_changed_nothing) {
    auto store = make_store();
    bank::append(store, "alice", bank::deposited{1});
    leftfold::projection_engine engine{store};
    engine.add<deposits>(views());
    engine.start();
    const auto read = leftfold::open_read_model<deposits>(file(), {.store = &store});
    const auto passed_over = bank::append(store, "alice", bank::opened{"Alice"});
    read.wait_for(passed_over.position);
    EXPECT_EQ(read->rows.as_of(passed_over.recorded).count(), 1);
}

TEST_F(opened_read_model, refuses_a_file_that_is_missing_or_foreign_and_a_projection_that_is_not_in_it) {
    const auto open = [&] { leftfold::open_read_model<bank::balances>(file()); };
    EXPECT_EQ(code_of(open), errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(file())) << "reading makes no file";
    auto store = make_store();
    fold<deposits>(store);
    std::string text;
    EXPECT_EQ(code_of(open, &text), errc::not_found);
    EXPECT_NE(text.find("projection balances"), std::string::npos) << text;

    const auto other = directory_ / "other.db";
    std::ofstream(other) << "This is no database at all, and has been long enough for SQLite to see that it is none.";
    EXPECT_EQ(code_of([&] { leftfold::open_read_model<bank::balances>(other); }), errc::foreign_file);
    sqlite3* raw = nullptr;
    const auto foreign = directory_ / "foreign.db";
    ASSERT_EQ(sqlite3_open(foreign.c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, "CREATE TABLE leftfold_models(projection)", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(raw);
    EXPECT_EQ(code_of([&] { leftfold::open_read_model<bank::balances>(foreign); }), errc::foreign_file);
}

TEST_F(opened_read_model, of_a_newer_format_is_refused_and_stays_as_it_is) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    fold<bank::balances>(store);
    leftfold::sqlite::connection(file(), {.mode = leftfold::sqlite::file_access::read_write})
        .execute("PRAGMA user_version = 3; PRAGMA wal_checkpoint(TRUNCATE)");
    EXPECT_EQ(code_of([&] { leftfold::open_read_model<bank::balances>(file()); }), errc::newer_format);
    EXPECT_EQ(code_of([&] { fold<bank::balances>(store); }), errc::newer_format);
    EXPECT_EQ(read_models::shell(file(), "SELECT account, cents FROM balances"),
              (read_models::rows_of_text{{"alice", "0"}}));
}

TEST_F(opened_read_model, in_a_read_only_directory_is_not_written) {
    using std::filesystem::perms;
    std::filesystem::permissions(directory_.path(), perms::owner_all | perms::others_read | perms::others_exec);
    const auto place = directory_ / "views";
    std::filesystem::create_directory(place);
    leftfold::test_support::make_read_only(place);
    const auto outcome = leftfold::test_support::as_a_stranger([&] {
        auto store = make_store();
        leftfold::projection_engine engine{store};
        return static_cast<int>(code_of([&] { engine.add<bank::balances>({.database = place / "views.db"}); }));
    });
    EXPECT_EQ(outcome, static_cast<int>(errc::read_only));
    EXPECT_TRUE(std::filesystem::is_empty(place));
}

TEST_F(opened_read_model, refuses_rows_of_another_revision_or_store_also_when_they_come_later) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    fold<bank::balances>(store);
    EXPECT_EQ(code_of([&] { leftfold::open_read_model<revised>(file()); }), errc::stale_model);
    auto other = make_store();
    EXPECT_EQ(code_of([&] { leftfold::open_read_model<bank::balances>(file(), {.store = &other}); }),
              errc::stale_model);

    const auto read = leftfold::open_read_model<bank::balances>(file());
    EXPECT_EQ(read->rows.find("alice")->cents, 0);
    fold<revised>(store);
    EXPECT_EQ(code_of([&] { static_cast<void>(read->rows.find("alice")); }), errc::stale_model);
    EXPECT_EQ(code_of([&] { static_cast<void>(read.status()); }), errc::stale_model);
    EXPECT_EQ(leftfold::open_read_model<revised>(file())->rows.find("alice")->cents, -1);
}

TEST_F(opened_read_model, is_read_by_many_threads_and_never_goes_back_while_an_engine_writes) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.start();
    const auto read = leftfold::open_read_model<bank::balances>(file(), {.store = &store});
    std::vector<std::thread> readers;
    std::atomic<int> wrong{0};
    leftfold::appended last;
    std::atomic<bool> done{false};
    for (int i = 0; i != 3; ++i)
        readers.emplace_back([&] {
            std::int64_t seen = 0;
            while (!done) {
                const auto row = read->rows.find("alice");
                if (row && row->cents < seen) ++wrong;
                if (row) seen = row->cents;
            }
        });
    for (int i = 1; i <= 50; ++i) {
        last = bank::append(store, "alice", bank::deposited{1});
        read.wait_for(last.position);
        if (read->rows.find("alice")->cents != i) ++wrong;
    }
    done = true;
    for (auto& each : readers) each.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(read->rows.as_of(last.recorded).find("alice")->cents, 50);
}

TEST_F(opened_read_model, waits_in_another_process_until_the_engine_commits) {
    const auto views_file = file();
    read_models::other_process reader([&] {
        const auto read = leftfold::open_read_model<bank::balances>(views_file);
        read.wait_for({partition_id{0}, offset{3}}, {.at_most = std::chrono::seconds{30}});
        return static_cast<int>(read->rows.find("alice")->cents);
    });
    auto store = leftfold::open_sqlite(directory_ / "bank.store", {.partitions = 1});
    leftfold::projection_engine engine{store};
    engine.add<bank::balances>(views());
    engine.start();
    engine.wait_for(bank::append(store, "alice", bank::opened{"Alice"}).position);
    reader.start();
    bank::append(store, "alice", bank::deposited{40});
    bank::append(store, "alice", bank::deposited{2});
    EXPECT_EQ(reader.finish(), 42);
}

}  // namespace read_model_test
