// One moment for aggregates, tables and SQL.

#include "leftfold/storage/moment.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/read_models.hpp"

namespace moment_test {

using leftfold::errc;
using read_models::code_of;
using namespace std::chrono_literals;

/// Counts its events.
class account : public leftfold::aggregate<account, bank::opened, bank::deposited, bank::withdrawn, bank::closed> {
public:
    static constexpr auto category = "account";

private:
    friend aggregate;
    void apply(const bank::opened&) { ++events_; }
    void apply(const bank::deposited&) { ++events_; }
    void apply(const bank::withdrawn&) { ++events_; }
    void apply(const bank::closed&) { ++events_; }

    int events_{};
    BOOST_DESCRIBE_CLASS(account, (), (), (), (events_))
};

class moment_of_read_models : public read_models::fixture {
protected:
    moment_of_read_models() {
        for (const auto* account : {"alice", "bob"}) {
            bank::append(store_, account, bank::opened{account});
            bank::append(store_, account, bank::deposited{100});
        }
        clock_->advance(1h);
        then_ = store_.at(leftfold::recorded_at{clock_->now()});
        clock_->advance(1h);
    }
    static std::string ask(const leftfold::moment& then) {
        return "SELECT account, cents FROM balances_as_of('" + to_string(then) + "') ORDER BY account";
    }
    static std::vector<bank::balance> rows(leftfold::sql_reader& read, const std::string& sql) {
        std::vector<bank::balance> all;
        for (auto& [account, cents] : read.query<std::string, std::int64_t>(sql)) all.push_back({account, cents});
        return all;
    }

    leftfold::event_store store_ = make_store();
    std::optional<leftfold::moment> then_;
    const std::vector<bank::balance> expected_{{"alice", 100}, {"bob", 100}};
};

TEST_F(moment_of_read_models, gives_the_rows_of_its_cut_in_cpp_and_in_sql_whatever_comes_after) {
    leftfold::projection_engine engine{store_};
    const auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    leftfold::sql_reader beside{file(), {.store = &store_}};
    leftfold::sql_reader alone{file()};
    for (int round = 0; round != 3; ++round) {
        EXPECT_EQ(read.rows.as_of(*then_).all(), expected_);
        EXPECT_EQ(read.rows.as_of(*then_).cut(), then_->cut());
        EXPECT_EQ(rows(beside, ask(*then_)), expected_);
        EXPECT_EQ(rows(alone, ask(*then_)), expected_);
        bank::append(store_, "alice", bank::withdrawn{1});
        engine.catch_up();
        clock_->advance(1h);
    }
}

TEST_F(moment_of_read_models, joins_tables_of_one_cut) {
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    bank::append(store_, "alice", bank::withdrawn{40});
    clock_->advance(1h);
    const auto later = store_.at(leftfold::recorded_at{clock_->now()});
    engine.catch_up();
    leftfold::sql_reader read{file()};
    EXPECT_EQ(rows(read, "SELECT a.account, b.cents - a.cents FROM balances_as_of('" + to_string(*then_) +
                             "') a JOIN balances_as_of('" + to_string(later) + "') b USING (account) ORDER BY 1"),
              (std::vector<bank::balance>{{"alice", -40}, {"bob", 0}}));
}

TEST_F(moment_of_read_models, is_known_by_its_cut_where_a_time_would_have_to_be_closed) {
    {
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        engine.catch_up();
    }
    clock_->advance(24h);
    const auto quiet = store_.at(leftfold::recorded_at{clock_->now()});
    leftfold::sql_reader alone{file(), {.as_of_wait = 0ms}};
    EXPECT_EQ(code_of([&] {
                  rows(alone,
                       "SELECT account, cents FROM balances_as_of(" + std::to_string(quiet.time().micros()) + ")");
              }),
              errc::behind)
        << "by the time alone nobody could tell that nothing happened";
    EXPECT_EQ(rows(alone, ask(quiet)), expected_);
}

TEST_F(moment_of_read_models, that_the_model_has_not_reached_is_waited_for_and_then_refused) {
    {
        leftfold::projection_engine engine{store_};
        engine.add<bank::balances>(views());
        engine.catch_up();
    }
    const auto last = bank::append(store_, "alice", bank::withdrawn{1});
    const auto later = store_.at(last.recorded);
    leftfold::sql_reader alone{file(), {.as_of_wait = 0ms}};
    std::string text;
    EXPECT_EQ(code_of([&] { rows(alone, ask(later)); }, &text), errc::behind);
    EXPECT_NE(text.find("and the time wants " + to_string(later.cut())), std::string::npos) << text;
}

TEST_F(moment_of_read_models, of_another_store_is_refused_by_every_question) {
    leftfold::projection_engine engine{store_};
    const auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    auto other = make_store();
    const auto foreign = other.at(then_->time());
    const auto beside = leftfold::open_read_model<bank::balances>(file(), {.store = &store_});
    const auto alone = leftfold::open_read_model<bank::balances>(file());
    leftfold::repository<account> accounts{store_};
    EXPECT_EQ(code_of([&] { read.rows.as_of(foreign); }), errc::other_history);
    EXPECT_EQ(code_of([&] { beside->rows.as_of(foreign); }), errc::other_history);
    EXPECT_EQ(code_of([&] { alone->rows.as_of(foreign); }), errc::other_history);
    EXPECT_EQ(code_of([&] { accounts.at("alice", foreign); }), errc::other_history);
    EXPECT_EQ(code_of([&] { accounts.as_of("alice", foreign, leftfold::occurred_at::max()); }), errc::other_history);
    EXPECT_EQ(code_of([&] { accounts.history("alice", foreign); }), errc::other_history);
    EXPECT_EQ(code_of([&] { accounts.since("alice", foreign); }), errc::other_history);
    for (const auto* rows : {&read.rows, &beside->rows, &alone->rows}) {
        EXPECT_EQ(rows->as_of(*then_).all(), expected_) << "and the right one is answered";
        EXPECT_EQ(rows->as_of(*then_).cut(), then_->cut()) << "with its cut, store or no store";
    }
}

TEST_F(moment_of_read_models, of_a_copy_that_parted_is_refused_although_store_and_epoch_are_the_same) {
    const auto copy = [&](const char* name) {
        return leftfold::open_sqlite(directory_ / name, {.partitions = 1, .store = {.world = {.clock = clock_}}});
    };
    copy("one.store");
    std::filesystem::copy(directory_ / "one.store", directory_ / "two.store", std::filesystem::copy_options::recursive);
    auto one = copy("one.store");
    auto two = copy("two.store");
    bank::append(one, "alice", bank::opened{"Alice"});
    bank::append(two, "alice", bank::opened{"Bob"});
    clock_->advance(1h);
    const auto of_one = one.at(leftfold::recorded_at{clock_->now() - 1min});
    leftfold::projection_engine engine{two};
    const auto& read = engine.add<bank::balances>(views());
    engine.catch_up();
    leftfold::repository<account> accounts{two};
    EXPECT_EQ(code_of([&] { read.rows.as_of(of_one); }), errc::other_history);
    EXPECT_EQ(code_of([&] { accounts.at("alice", of_one); }), errc::other_history);
    EXPECT_NO_THROW(read.rows.as_of(two.at(of_one.time())));
}

TEST_F(moment_of_read_models, of_another_store_or_written_otherwise_is_refused) {
    leftfold::projection_engine engine{store_};
    engine.add<bank::balances>(views());
    engine.catch_up();
    auto other = make_store();
    const auto foreign = other.at(then_->time());
    leftfold::sql_reader alone{file()};
    leftfold::sql_reader beside{file(), {.store = &store_}};
    for (auto* read : {&alone, &beside}) {
        EXPECT_EQ(code_of([&] { rows(*read, ask(foreign)); }), errc::other_history);
        EXPECT_EQ(code_of([&] { rows(*read, "SELECT account, cents FROM balances_as_of('2026/03/15')"); }),
                  errc::invalid_argument);
    }
}

}  // namespace moment_test
