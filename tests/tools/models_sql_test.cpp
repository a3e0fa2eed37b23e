#include "leftfold/framework/event_codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/testing/world.hpp"
#include "support/balances.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace models_sql_test {

using namespace std::chrono_literals;
using test_support::balances;
using test_support::deposited;
using test_support::run;

/// A store with a deposit on three days of January 2026, and its balances.
class command_line_models : public test_support::command_line {
protected:
    command_line_models() {
        const auto clock = std::make_shared<testing::manual_clock>(instant{std::chrono::sys_days{2026y / 1 / 5}} + 9h);
        auto store = open_sqlite(at("a"), {.partitions = 2, .store = {.world = {.clock = clock}}});
        for (const auto& [key, cents] :
             std::vector<std::pair<std::string, std::int64_t>>{{"alice", 100}, {"bob", 7}, {"alice", -30}}) {
            std::vector<event_data> one;
            one.push_back(to_event_data(deposited{cents}));
            store.append(stream_id("account", key), expected_version::any(), std::move(one)).value();
            clock->advance(24h);
        }
        projection_engine engine{store};
        engine.add<balances>({.database = at("views.db")});
        engine.catch_up();
        store.close();
    }

    std::string ask(const std::string& query) const {
        const auto told = run({"sql", at("views.db"), query});
        return told.status == tools::success ? told.out : told.err;
    }
};

TEST_F(command_line_models, are_asked_as_they_are_and_as_they_were) {
    EXPECT_EQ(ask("SELECT account, cents FROM balances"), "alice\t70\nbob\t7\n");
    EXPECT_EQ(ask("SELECT * FROM balances_as_of('2026-01-06T00:00:00Z')"), "alice\t100\n");
    EXPECT_EQ(ask("SELECT cents, as_of FROM balances_as_of('2026-01-07') WHERE account = 'alice'"),
              "100\t2026-01-07T00:00:00Z\n");
    EXPECT_EQ(ask("SELECT count(*) FROM balances_history"), "3\n");
    EXPECT_EQ(ask("SELECT n.account, n.cents - t.cents FROM balances n JOIN balances_as_of('2026-01-07') t "
                  "USING (account) ORDER BY 1"),
              "alice\t-30\nbob\t0\n");
    EXPECT_EQ(run({"sql", at("views.db"), "SELECT * FROM balances_as_of('2026-01-06')", "--json"}).out,
              R"({"account":"alice","cents":100})"
              "\n");
}

TEST_F(command_line_models, say_why_they_cannot_answer) {
    const auto told = [&](const std::string& query) { return run({"sql", at("views.db"), query}); };
    EXPECT_EQ(told("SELECT * FROM balances_as_of('2999-01-01')").status, tools::too_early);
    const auto behind = told("SELECT * FROM balances_as_of('2026-02-01')");
    EXPECT_EQ(behind.status, tools::too_early);
    EXPECT_NE(behind.err.find("projection balances is at "), std::string::npos) << behind.err;
    EXPECT_EQ(told("SELECT * FROM balances_as_of()").status, tools::usage);
    EXPECT_EQ(told("SELECT * FROM balances_as_of('soon')").status, tools::usage);
    EXPECT_EQ(told("DELETE FROM balances").status, tools::usage);
    EXPECT_EQ(told("SELECT abs(-9223372036854775808)").status, tools::usage);
    EXPECT_EQ(run({"sql", at("views.db"), "SELECT 1", "--as-of", "now"}).status, tools::usage);
    EXPECT_EQ(run({"sql", at("a"), "SELECT 1", "--store", at("a")}).status, tools::usage);
    EXPECT_EQ(run({"sql", at("a/partition-0000.db"), "SELECT 1"}).status, tools::refused_input);
    EXPECT_EQ(run({"sql", at("none.db"), "SELECT 1"}).status, tools::not_there);
}

TEST_F(command_line_models, are_listed_with_their_checkpoints_and_how_far_they_are_behind) {
    const auto alone = run({"projections", at("views.db")});
    EXPECT_EQ(alone.out.substr(0, 12), "balances at ") << alone.err;
    EXPECT_EQ(alone.out.find("behind"), std::string::npos);
    const auto beside = run({"projections", at("views.db"), "--store", at("a"), "--json"});
    EXPECT_NE(beside.out.find(R"("stale":false,"events_behind":0,"time_behind_us":0)"), std::string::npos)
        << beside.out;
    {
        auto store = open_sqlite(at("a"));
        std::vector<event_data> one;
        one.push_back(to_event_data(deposited{1}));
        store.append(stream_id("account", "carol"), expected_version::none(), std::move(one)).value();
    }
    const auto behind = run({"projections", at("views.db"), "--store", at("a")});
    EXPECT_NE(behind.out.find(", 1 event(s) and "), std::string::npos) << behind.out;
    open_sqlite(at("other"), {.partitions = 2}).close();
    EXPECT_NE(run({"projections", at("views.db"), "--store", at("other")}).out.find(", stale: "), std::string::npos);
    EXPECT_EQ(run({"projections", at("none.db")}).status, tools::not_there);
    EXPECT_EQ(run({"projections", at("a/partition-0000.db")}).status, tools::refused_input);
}

TEST_F(command_line_models, answer_for_later_times_when_their_store_knows_that_nothing_is_missing) {
    const auto owner = open_sqlite(at("a"));
    const auto told =
        run({"sql", at("views.db"), "SELECT sum(cents) FROM balances_as_of('2026-02-01')", "--store", at("a")});
    EXPECT_EQ(told.out, "77\n") << told.err;
}

}  // namespace models_sql_test
}  // namespace leftfold
