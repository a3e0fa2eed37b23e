#include "leftfold/projections/projection_engine.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "projections/read_models.hpp"

namespace engine_test {

using leftfold::errc;
using read_models::code_of;

/// Counts deposits, and cannot bear one of 13 cents.
class superstitious : public leftfold::projection<superstitious, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "superstitious";
    using ignored = leftfold::ignores<bank::withdrawn, bank::closed>;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "superstitious", {.history = true}};

    void on(const bank::opened&, const leftfold::recorded& at) { rows.put({at.key(), 0}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        ++calls;
        rows.at(at.key()).cents += e.cents;
        if (e.cents == 13 && !is_brave) throw std::runtime_error("not thirteen");
    }

    static inline int calls = 0;
    static inline bool is_brave = false;
};

class projection_engine : public read_models::fixture {
protected:
    projection_engine() {
        superstitious::calls = 0;
        superstitious::is_brave = false;
    }
    leftfold::event_store store_ = make_store();
};

TEST_F(projection_engine, folds_what_was_appended_and_what_is_appended_later) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    for (int i = 1; i != 20; ++i) {
        const auto done = bank::append(store_, "alice", bank::deposited{100});
        engine.wait_for(done.position);
        ASSERT_EQ(read.rows.find("alice"), (bank::balance{"alice", 100 * i})) << "the writer reads what it wrote";
    }
    EXPECT_EQ(read.rows.find("bob"), std::nullopt);
    EXPECT_EQ(read.rows.count(), 1);
    const auto status = engine.status<bank::balances>();
    EXPECT_EQ(status.state, leftfold::projection_state::live);
    EXPECT_EQ(status.events_behind, 0U);
    EXPECT_EQ(status.time_behind.count(), 0);
}

TEST_F(projection_engine, answers_as_of_a_past_time_and_as_of_its_cut) {
    const auto first = bank::append(store_, "alice", bank::opened{"Alice"});
    const auto second = bank::append(store_, "alice", bank::deposited{100});
    const auto third = bank::append(store_, "alice", bank::withdrawn{30});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    EXPECT_EQ(read.rows.as_of(first.recorded).find("alice")->cents, 0);
    EXPECT_EQ(read.rows.as_of(second.recorded).find("alice")->cents, 100);
    EXPECT_EQ(read.rows.as_of(third.recorded).find("alice")->cents, 70);
    const auto before = leftfold::recorded_at::from_micros(first.recorded.micros() - 1);
    EXPECT_EQ(read.rows.as_of(before).find("alice"), std::nullopt);
    EXPECT_EQ(read.rows.as_of(before).count(), 0);
    const auto then = read.rows.as_of(second.recorded);
    EXPECT_EQ(then.cut(), store_.cut_at(second.recorded));
    EXPECT_EQ(read.rows.as_of(then.cut()).find("alice")->cents, 100);
}

TEST_F(projection_engine, refuses_a_question_that_it_cannot_answer_yet_or_at_all) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store_};
    auto options = views();
    options.as_of_wait = std::chrono::milliseconds{0};
    auto& read = engine.add<bank::balances>(options);
    const auto done = bank::append(store_, "bob", bank::opened{"Bob"});
    std::string text;
    EXPECT_EQ(code_of([&] { read.rows.as_of(done.recorded); }, &text), errc::behind);
    EXPECT_NE(text.find("2 events behind"), std::string::npos) << text;
    engine.catch_up();
    EXPECT_EQ(read.rows.as_of(done.recorded).count(), 2);
    EXPECT_EQ(code_of([&] { read.rows.as_of(leftfold::recorded_at{clock_->now() + std::chrono::hours{1}}); }),
              errc::not_yet);
    auto nowhere = store_.heads();
    nowhere.set(store_.partition_of({"account", "alice"}), leftfold::offset{});
    EXPECT_EQ(code_of([&] { read.rows.as_of(nowhere); }), errc::invalid_argument);
}

TEST_F(projection_engine, goes_on_from_its_checkpoint_after_a_restart) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    bank::append(store_, "alice", bank::deposited{1});
    {
        leftfold::projection_engine engine{store_};
        engine.add<superstitious>(views());
        engine.catch_up();
    }
    EXPECT_EQ(superstitious::calls, 1);
    bank::append(store_, "alice", bank::deposited{2});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<superstitious>(views());
    EXPECT_EQ(read.rows.find("alice")->cents, 1) << "rows can be read before anything is folded";
    engine.catch_up();
    EXPECT_EQ(superstitious::calls, 2) << "the first deposit is not folded twice";
    EXPECT_EQ(read.rows.find("alice")->cents, 3);
    EXPECT_EQ(warnings_->told(), std::vector<std::string>());
}

TEST_F(projection_engine, stops_at_an_event_that_fails_and_keeps_all_before_it_and_nothing_of_it) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    bank::append(store_, "alice", bank::deposited{5});
    const auto poison = bank::append(store_, "alice", bank::deposited{13});
    const auto after = bank::append(store_, "alice", bank::deposited{1});
    leftfold::projection_engine engine{store_};
    auto options = views();
    options.retries.count = 3;
    auto& read = engine.add<superstitious>(options);
    auto& other = engine.add<bank::balances>({.database = directory_ / "other.db"});
    std::string text;
    EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find(to_string(poison.position) + ": not thirteen"), std::string::npos) << text;
    EXPECT_EQ(superstitious::calls, 1 + 4) << "once, and three retries";
    EXPECT_EQ(read.rows.find("alice")->cents, 5);
    const auto before = leftfold::recorded_at::from_micros(poison.recorded.micros() - 1);
    EXPECT_EQ(read.rows.as_of(before).find("alice")->cents, 5) << "what was before the failure is known";
    EXPECT_EQ(code_of([&] { read.rows.as_of(poison.recorded); }), errc::projection_stopped);
    EXPECT_EQ(engine.status<superstitious>().state, leftfold::projection_state::stopped);
    EXPECT_EQ(warnings_->told().size(), 4U);

    while (engine.step()) {
    }
    EXPECT_EQ(other.rows.find("alice")->cents, 19) << "other projections go on";
    EXPECT_EQ(code_of([&] { engine.wait_for<superstitious>(after.position); }), errc::projection_stopped);
    EXPECT_FALSE(engine.step()) << "what is stopped stays stopped";
    EXPECT_EQ(superstitious::calls, 5);
}

TEST_F(projection_engine, tries_again_after_a_wait_that_doubles_on_the_injected_clock) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    bank::append(store_, "alice", bank::deposited{13});
    leftfold::projection_engine engine{store_};
    auto options = views();
    options.retries = {.count = 5, .first_wait = std::chrono::milliseconds{100}};
    auto& read = engine.add<superstitious>(options);
    const auto run = [&] {
        while (engine.step()) {
        }
        return superstitious::calls;
    };
    EXPECT_EQ(run(), 1);
    EXPECT_EQ(engine.status<superstitious>().state, leftfold::projection_state::backing_off);
    clock_->advance(std::chrono::milliseconds{99});
    EXPECT_EQ(run(), 1) << "too early";
    clock_->advance(std::chrono::milliseconds{1});
    EXPECT_EQ(run(), 2);
    clock_->advance(std::chrono::milliseconds{199});
    EXPECT_EQ(run(), 2);
    superstitious::is_brave = true;
    clock_->advance(std::chrono::milliseconds{1});
    EXPECT_EQ(run(), 3);
    EXPECT_EQ(read.rows.find("alice")->cents, 13) << "added once, whatever the failures added";
    const auto status = engine.status<superstitious>();
    EXPECT_EQ(status.state, leftfold::projection_state::live);
    EXPECT_EQ(status.attempts, 0);
    EXPECT_EQ(status.failure, "");
}

TEST_F(projection_engine, stops_at_an_event_type_that_nobody_named) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    store_.append({"account", "alice"}, leftfold::expected_version::any(), {{"bank.unheard_of", "{}"}}).value();
    leftfold::projection_engine engine{store_};
    auto options = views();
    options.retries.count = 0;
    engine.add<superstitious>(options);
    std::string text;
    EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("bank.unheard_of"), std::string::npos) << text;
}

TEST_F(projection_engine, stops_at_a_payload_that_does_not_decode) {
    store_.append({"account", "alice"}, leftfold::expected_version::any(), {{"bank.deposited", R"({"cents":"x"})"}})
        .value();
    leftfold::projection_engine engine{store_};
    auto options = views();
    options.retries.count = 0;
    engine.add<superstitious>(options);
    std::string text;
    EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("$.cents"), std::string::npos) << text;
}

class deposits_only : public leftfold::projection<deposits_only, bank::deposited> {
public:
    static constexpr auto projection_name = "deposits_only";
    static constexpr auto category = "account";
    using ignored = leftfold::ignores_others;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "deposits"};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (!rows.update(at.key(), [&](bank::balance& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
};

TEST_F(projection_engine, passes_over_other_types_and_categories_when_told_to) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    bank::append(store_, "alice", bank::deposited{7});
    store_.append({"other", "alice"}, leftfold::expected_version::any(), {{"bank.deposited", "broken"}}).value();
    const auto last =
        store_.append({"account", "bob"}, leftfold::expected_version::any(), {{"bank.unheard_of", "{}"}}).value();
    {
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<deposits_only>(views());
        engine.catch_up();
        engine.wait_for(last.position, {.at_most = std::chrono::milliseconds{0}});
        EXPECT_EQ(read.rows.all(), (std::vector<bank::balance>{{"alice", 7}}));
        EXPECT_EQ(code_of([&] { read.rows.as_of(last.recorded); }), errc::unsupported) << "it has no history";
    }
    bank::append(store_, "bob", bank::opened{"Bob"});
    {
        leftfold::projection_engine engine{store_};
        engine.add<deposits_only>(views());
        engine.catch_up();
    }
    const auto stored = read_models::shell(file(), "SELECT cut FROM leftfold_models");
    EXPECT_EQ(stored, (read_models::rows_of_text{{to_string(store_.heads())}}))
        << "a checkpoint moves over what does not concern it";
    leftfold::projection_engine engine{store_};
    engine.add<deposits_only>(views());
    EXPECT_EQ(engine.status<deposits_only>().begun_anew_because, "");
}

TEST_F(projection_engine, gives_up_waiting_at_the_deadline_and_says_the_lag) {
    const auto done = bank::append(store_, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    std::string text;
    EXPECT_EQ(code_of([&] { engine.wait_for(done.position, {.at_most = std::chrono::milliseconds{1}}); }, &text),
              errc::behind);
    EXPECT_NE(text.find("1 events behind"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] {
                  engine.wait_for({leftfold::partition_id{99}, leftfold::offset{1}});
              }),
              errc::invalid_argument);
}

TEST_F(projection_engine, refuses_a_second_owner_of_its_database_with_the_pid) {
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    leftfold::projection_engine second{store_};
    std::string text;
    EXPECT_EQ(code_of([&] { second.add<bank::balances>(views()); }, &text), errc::locked);
    EXPECT_NE(text.find("process " + std::to_string(::getpid())), std::string::npos) << text;
}

class usurper : public leftfold::projection<usurper, bank::opened> {
public:
    static constexpr auto projection_name = "usurper";
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "balances"};
    void on(const bank::opened&) {}
};

TEST_F(projection_engine, refuses_names_that_are_taken_and_files_that_are_not_its_own) {
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    EXPECT_EQ(code_of([&] { engine.add<bank::balances>(views()); }), errc::name_collision);
    EXPECT_EQ(code_of([&] { engine.add<usurper>(views()); }), errc::name_collision);
    EXPECT_EQ(code_of([&] { engine.add<superstitious>({}); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { engine.add<superstitious>({.database = directory_ / "none" / "views.db"}); }),
              errc::not_found);

    sqlite3* raw = nullptr;
    const auto foreign = directory_ / "foreign.db";
    ASSERT_EQ(sqlite3_open(foreign.c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, "CREATE TABLE t(a)", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(raw);
    EXPECT_EQ(code_of([&] { engine.add<superstitious>({.database = foreign}); }), errc::foreign_file);
}

TEST_F(projection_engine, keeps_several_projections_in_one_database) {
    bank::append(store_, "alice", bank::opened{"Alice"});
    leftfold::projection_engine engine{store_};
    auto& all = engine.add<bank::balances>(views());
    auto& deposits = engine.add<deposits_only>(views());
    engine.start();
    engine.wait_for(bank::append(store_, "alice", bank::deposited{3}).position);
    engine.wait_for(bank::append(store_, "alice", bank::withdrawn{1}).position);
    EXPECT_EQ(all.rows.find("alice")->cents, 2);
    EXPECT_EQ(deposits.rows.find("alice")->cents, 3);
    engine.stop();
    engine.start();
    engine.wait_for(bank::append(store_, "alice", bank::withdrawn{1}).position);
    EXPECT_EQ(all.rows.find("alice")->cents, 1) << "an engine may be started again";
}

TEST_F(projection_engine, is_read_by_many_threads_while_it_runs) {
    constexpr int accounts = 4;
    for (int i = 0; i != accounts; ++i) bank::append(store_, "a" + std::to_string(i), bank::opened{"A"});
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<bank::balances>(views());
    engine.start();
    std::atomic<bool> done{false};
    std::atomic<int> answers{0};
    std::vector<std::thread> readers;
    for (int i = 0; i != 4; ++i)
        readers.emplace_back([&, i] {
            std::int64_t last = 0;
            while (!done) {
                const auto row = read.rows.find("a" + std::to_string(i % accounts));
                if (!row) continue;
                EXPECT_GE(row->cents, last) << "time does not go back for a reader";
                last = row->cents;
                EXPECT_LE(read.rows.count(), accounts);
                ++answers;
            }
        });
    leftfold::appended last;
    for (int i = 0; i != 200; ++i) last = bank::append(store_, "a" + std::to_string(i % accounts), bank::deposited{1});
    engine.wait_for(last.position);
    const auto then = read.rows.as_of(last.recorded);
    while (answers < 100) std::this_thread::yield();
    done = true;
    for (auto& each : readers) each.join();
    for (int i = 0; i != accounts; ++i) EXPECT_EQ(then.find("a" + std::to_string(i))->cents, 50);
}

class totals : public leftfold::projection<totals, bank::deposited> {
public:
    static constexpr auto projection_name = "totals";
    using ignored = leftfold::ignores_others;
    void on(const bank::deposited& e) { cents += e.cents; }
    std::int64_t cents = 0;
};

TEST_F(projection_engine, folds_models_that_live_in_memory) {
    bank::append(store_, "alice", bank::deposited{7});
    leftfold::projection_engine engine{store_};
    const auto model = engine.add_in_memory<totals>();
    engine.start();
    engine.wait_for(bank::append(store_, "bob", bank::deposited{4}).position);
    EXPECT_EQ(model.read([](const totals& of) { return of.cents; }), 11);
    EXPECT_EQ(code_of([&] { engine.add_in_memory<bank::balances>(); }), errc::invalid_argument) << "it runs";
    engine.stop();
    EXPECT_EQ(code_of([&] { engine.add_in_memory<bank::balances>(); }), errc::invalid_argument) << "it has a table";
}

}  // namespace engine_test
