#include "leftfold/tools/domain.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <sstream>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/testing/world.hpp"
#include "support/changed_by_hand.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace domain_test {

using namespace std::chrono_literals;
using test_support::answer;

struct opened {
    static constexpr auto event_type = "bank.account_opened";
    std::string owner;
};
struct deposited {
    static constexpr auto event_type = "bank.deposited";
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(opened, (), (owner))
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))

class account : public aggregate<account, opened, deposited> {
public:
    static constexpr auto category = "account";
    void open(std::string owner) { raise(opened{std::move(owner)}); }
    void deposit(std::int64_t cents) { raise(deposited{cents}); }

private:
    friend aggregate;
    void apply(const opened& e) { owner_ = e.owner; }
    void apply(const deposited& e) { balance_ += e.cents; }
    std::string owner_;
    std::int64_t balance_{};
    BOOST_DESCRIBE_CLASS(account, (), (), (), (owner_, balance_))
};

struct balance {
    std::string account;
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(balance, (), (account, cents))

class balances : public projection<balances, opened, deposited> {
public:
    static constexpr auto projection_name = "balances";
    table<balance, &balance::account> rows{*this, "balances", {.history = true}};
    void on(const opened&, const recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const recorded& at) { rows.at(at.key()).cents += e.cents; }
};

/// A store with Alice's account: opened on January 5th 2026, with 100 on the 6th, 200 on the 7th, and minus 400, which
/// had occurred on the 5th, on the 8th.
class command_line_domain : public test_support::command_line {
protected:
    command_line_domain() {
        const auto clock = std::make_shared<testing::manual_clock>(instant{std::chrono::sys_days{2026y / 1 / 5}} + 9h);
        auto store = open_sqlite(at("a"), {.partitions = 2, .store = {.world = {.clock = clock}}});
        repository<account> accounts{store};
        accounts.execute("alice", [](account& a) { a.open("Alice"); });
        for (const std::int64_t cents : {100, 200}) {
            clock->advance(24h);
            accounts.execute("alice", [&](account& a) { a.deposit(cents); }, {.actor = "ann"});
        }
        clock->advance(24h);
        accounts.execute("alice", [](account& a) { a.deposit(-400); },
                         {.occurred = occurred_at{std::chrono::sys_days{2026y / 1 / 5} + 10h}});
        store.close();
        known_.aggregate<account>().projection<balances>();
    }

    answer ask(std::vector<std::string> words, const std::string& input = {}) const {
        words.insert(words.begin() + 1, at("a"));
        return test_support::run(known_, words, input);
    }

    tools::domain known_;
};

TEST_F(command_line_domain, tells_an_aggregate_as_of_a_time_on_either_axis) {
    const auto then = ask({"as-of", "account", "alice", "2026-01-07"});
    EXPECT_EQ(then.out, "account-alice #2 account{owner_: \"Alice\", balance_: 100}\n") << then.err;
    EXPECT_EQ(then.err, "as of 2026-01-07T00:00:00Z\n");
    EXPECT_NE(ask({"as-of", "account", "alice"}).out.find("balance_: -100}"), std::string::npos);
    EXPECT_NE(ask({"as-of", "account", "alice", "--occurred", "2026-01-07"}).out.find("balance_: -300}"),
              std::string::npos);
    EXPECT_NE(ask({"as-of", "account", "alice", "2026-01-08", "--occurred", "2026-01-07"}).out.find("balance_: 100}"),
              std::string::npos);
    EXPECT_NE(ask({"as-of", "account", "alice", "--version", "3"}).out.find("balance_: 300}"), std::string::npos);
    const auto json = ask({"as-of", "account", "alice", "2026-01-07", "--json"});
    const auto object = boost::json::parse(json.out).as_object();
    EXPECT_EQ(object.at("state").at("balance_").as_int64(), 100);
    const std::string cut(object.at("cut").as_string());
    EXPECT_EQ(ask({"as-of", "account", "alice", "--cut", cut, "--json"}).out, json.out) << "the same for ever";
}

TEST_F(command_line_domain, answers_all_that_is_asked_at_one_moment_from_the_same_events) {
    const auto made = ask({"moment", "2026-01-07"});
    EXPECT_EQ(made.status, tools::success) << made.err;
    const auto moment = made.out.substr(0, made.out.size() - 1);
    EXPECT_EQ(moment.substr(0, 21), "2026-01-07T00:00:00Z/") << moment;
    EXPECT_EQ(ask({"moment", "2026-01-07"}).out, made.out) << "the same for ever";
    EXPECT_EQ(boost::json::parse(ask({"moment", "2026-01-07", "--json"}).out).at("moment").as_string(), moment);
    EXPECT_EQ(ask({"as-of", "account", "alice", "--at", moment, "--json"}).out,
              ask({"as-of", "account", "alice", "2026-01-07", "--json"}).out);
    EXPECT_EQ(ask({"as-of", "account", "alice", "--at", moment, "--occurred", "2026-01-07"}).out,
              ask({"as-of", "account", "alice", "2026-01-07", "--occurred", "2026-01-07"}).out);
    EXPECT_EQ(ask({"events", "--at", moment}).out, ask({"events", "--as-of", "2026-01-07"}).out);
    EXPECT_EQ(ask({"sql", "SELECT count(*) FROM events", "--at", moment}).out, "2\n");
}

TEST_F(command_line_domain, refuses_a_moment_that_was_altered_is_of_another_store_or_says_the_time_twice) {
    const auto made = ask({"moment", "2026-01-07"}).out;
    const auto moment = made.substr(0, made.size() - 1);
    const auto refused = ask({"events", "--at", moment.substr(0, moment.size() - 1)});
    EXPECT_EQ(refused.status, tools::usage);
    EXPECT_NE(refused.err.find("it was altered or cut off"), std::string::npos) << refused.err;
    open_sqlite(at("b"), {.partitions = 2});
    const auto other = test_support::run({"events", at("b"), "--at", moment});
    EXPECT_EQ(other.status, tools::refused_input);
    EXPECT_NE(other.err.find("it is one of another store"), std::string::npos) << other.err;
    EXPECT_EQ(ask({"events", "--at", moment, "--as-of", "2026-01-07"}).status, tools::usage);
    EXPECT_EQ(ask({"as-of", "account", "alice", "2026-01-07", "--at", moment}).status, tools::usage);
    EXPECT_EQ(ask({"moment", "2999-01-01"}).status, tools::too_early);
    EXPECT_EQ(ask({"moment", "then"}).status, tools::usage);
}

TEST_F(command_line_domain, answers_times_after_the_application_has_stopped) {
    const auto told = ask({"as-of", "account", "alice", "2 minutes ago"});
    EXPECT_NE(told.out.find("balance_: -100}"), std::string::npos) << told.err;
}

TEST_F(command_line_domain, tells_what_each_event_changed) {
    const auto told = ask({"history", "account", "alice", "--after", "1", "--limit", "2"});
    EXPECT_EQ(std::count(told.out.begin(), told.out.end(), '\n'), 4) << told.out << told.err;
    EXPECT_NE(told.out.find("#2 2026-01-06T09:00:00Z bank.deposited at "), std::string::npos) << told.out;
    EXPECT_NE(told.out.find("actor ann\n    $.balance_: 0 → 100\n"), std::string::npos) << told.out;
    const auto first = ask({"history", "account", "alice", "--limit", "1", "--json"}).out;
    EXPECT_EQ(boost::json::parse(first).at("changes").at(0).at("path").as_string(), "$.owner_") << first;
    EXPECT_EQ(ask({"diff", "account", "alice", "2026-01-07", "2026-01-08"}).out, "$.balance_: 100 → 300\n");
    EXPECT_EQ(ask({"diff", "account", "alice", "2026-01-08"}).out, "$.balance_: 300 → -100\n");
    EXPECT_EQ(ask({"diff", "account", "alice", "2026-01-08", "--json"}).out,
              R"({"path":"$.balance_","before":300,"after":-100})"
              "\n");
}

TEST_F(command_line_domain, names_the_event_that_set_a_member) {
    const auto all = ask({"blame", "account", "alice"});
    EXPECT_NE(all.out.find("account.owner_ ← bank.account_opened #1"), std::string::npos) << all.out << all.err;
    EXPECT_NE(all.out.find("account.balance_ ← bank.deposited #4"), std::string::npos) << all.out;
    EXPECT_EQ(boost::json::parse(ask({"blame", "account", "alice", "$.owner_", "--json"}).out).at("version").as_int64(),
              1);
    EXPECT_EQ(ask({"blame", "account", "alice", "$.nothing"}).status, tools::usage);
}

TEST_F(command_line_domain, says_by_which_method_it_found_a_state) {
    const auto exact = ask({"first-where", "account", "alice", "$.balance_ >= 100"});
    EXPECT_EQ(exact.out.substr(0, 2), "#2") << exact.err;
    EXPECT_EQ(exact.err, "first-where: the first such state, after 2 events\n");
    const auto halved = ask({"bisect", "account", "alice", "$.balance_ < 0", "--json"});
    const auto object = boost::json::parse(halved.out);
    EXPECT_EQ(object.at("version").as_int64(), 4) << halved.err;
    EXPECT_EQ(object.at("method").as_string(), "bisect");
    EXPECT_EQ(ask({"first-where", "account", "alice", "$.balance_ > 1000"}).status, tools::not_there);
    EXPECT_EQ(ask({"bisect", "account", "alice", "$.balance_ > 0"}).status, tools::usage);
    EXPECT_EQ(ask({"first-where", "account", "alice", "$.balance_ is big"}).status, tools::usage);
}

TEST_F(command_line_domain, steps_forward_and_back) {
    const auto told = ask({"step", "account", "alice", "--json"}, "n\n\nb\n4\n9\nwhat\nq\nn\n");
    std::istringstream lines(told.out);
    std::string versions;
    for (std::string line; std::getline(lines, line);)
        versions += std::to_string(boost::json::parse(line).at("version").as_int64()) + " ";
    EXPECT_EQ(versions, "0 1 2 1 4 ") << told.err;
    EXPECT_NE(told.err.find("that is the last event\n"), std::string::npos) << told.err;
    EXPECT_NE(told.err.find("not what\n"), std::string::npos) << told.err;
}

TEST_F(command_line_domain, replays_a_projection_beside_everything_else) {
    const auto told = ask({"replay", "balances", at("scratch.db")});
    EXPECT_EQ(told.status, tools::success) << told.err;
    EXPECT_EQ(test_support::run({"sql", at("scratch.db"), "SELECT cents FROM balances_as_of('2026-01-07')"}).out,
              "100\n");
    EXPECT_EQ(ask({"replay", "balances", at("scratch.db")}).status, tools::already_there);
    EXPECT_EQ(ask({"replay", "nothing", at("other.db")}).status, tools::usage);
    EXPECT_FALSE(std::filesystem::exists(at("other.db")));
}

TEST_F(command_line_domain, finds_rows_that_are_not_what_their_events_make_and_heals_one) {
    const auto views = at("views.db");
    ASSERT_EQ(ask({"replay", "balances", views}).status, tools::success);
    const auto sound = ask({"verify-projection", "balances", views});
    EXPECT_EQ(sound.status, tools::success) << sound.err;
    EXPECT_EQ(sound.out.find("4 rows and versions of projection balances compared with 4 events up to the cut "), 0U)
        << sound.out;
    test_support::change_by_hand(views, "UPDATE balances SET cents = 7");
    const auto drifted = ask({"verify-projection", "balances", views, "--key", "alice"});
    EXPECT_EQ(drifted.status, tools::damaged);
    EXPECT_NE(drifted.out.find("\nbalances alice: cents: expected -100, found 7\n"), std::string::npos) << drifted.out;
    const auto json = ask({"verify-projection", "balances", views, "--stream", "account-alice", "--json"});
    EXPECT_EQ(json.out.substr(0, json.out.find('\n')),
              R"({"drift":"changed","table":"balances","key":"alice","until":null,)"
              R"("columns":[{"name":"cents","expected":"-100","found":"7"}]})");
    const auto healed = ask({"heal-row", "balances", views, "balances", "alice"});
    EXPECT_EQ(healed.status, tools::success) << healed.err;
    EXPECT_NE(healed.out.find("expected -100, found 7\nhealed\n"), std::string::npos) << healed.out;
    EXPECT_EQ(ask({"verify-projection", "balances", views}).status, tools::success);
    EXPECT_EQ(ask({"heal-row", "balances", views, "balances", "alice"}).out.find("1 rows"), std::string::npos);
    EXPECT_EQ(ask({"heal-row", "balances", views, "none", "alice"}).status, tools::not_there);
    EXPECT_EQ(ask({"verify-projection", "nothing", views}).status, tools::usage);
    EXPECT_EQ(ask({"verify-projection", "balances", at("none.db")}).status, tools::not_there);
}

TEST_F(command_line_domain, rebuilds_beside_the_rows_and_rolls_back) {
    const auto views = at("views.db");
    ASSERT_EQ(ask({"replay", "balances", views}).status, tools::success);
    test_support::change_by_hand(views, "UPDATE balances SET cents = 7");
    const auto refused = ask({"rebuild", "balances", views});
    EXPECT_EQ(refused.status, tools::damaged) << refused.err;
    EXPECT_NE(refused.out.find("expected -100, found 7\nthe rows stay as they were\n"), std::string::npos)
        << refused.out;
    const auto done = ask({"rebuild", "balances", views, "--accept-differences", "--json"});
    EXPECT_EQ(done.status, tools::success) << done.err;
    EXPECT_EQ(done.out, R"({"generation":3,"swapped":true,"rows":4,"differing":1,"expected":0})"
                        "\n");
    const auto cents = [&] { return test_support::run({"sql", views, "SELECT cents FROM balances"}).out; };
    EXPECT_EQ(cents(), "-100\n");
    EXPECT_NE(test_support::run({"projections", views}).out.find("balances at "), std::string::npos);
    EXPECT_EQ(test_support::run({"rollback", views, "balances"}).out,
              "projection balances: generation 1 is live, and 3 is kept\n");
    EXPECT_EQ(cents(), "7\n") << "as they were, mistakes included";
    EXPECT_EQ(test_support::run({"rollback", views, "balances", "--json"}).out,
              R"({"projection":"balances","live":3,"kept":1})"
              "\n");
    EXPECT_EQ(cents(), "-100\n");
    EXPECT_EQ(test_support::run({"rollback", views, "nothing"}).status, tools::not_there);
    test_support::change_by_hand(views + ".balances.g3", "UPDATE balances SET cents = 9");
    EXPECT_EQ(ask({"rebuild", "balances", views, "--expect", "balances.owner"}).status, tools::damaged);
    const auto meant = ask({"rebuild", "balances", views, "--expect", "balances.cents", "--json"});
    EXPECT_NE(meant.out.find(R"("swapped":true,"rows":4,"differing":0,"expected":1)"), std::string::npos) << meant.out;
    EXPECT_EQ(test_support::run({"rollback", at("none.db"), "balances"}).status, tools::not_there);
    EXPECT_FALSE(std::filesystem::exists(at("none.db")));
}

TEST_F(command_line_domain, has_the_commands_of_leftfold_too_and_refuses_what_is_not_known) {
    EXPECT_NE(ask({"info", "--json"}).out.find(R"("events":4)"), std::string::npos);
    EXPECT_EQ(ask({"as-of", "ledger", "alice"}).status, tools::usage);
    EXPECT_NE(ask({"as-of", "ledger", "alice"}).err.find("bank: asking for ledger-alice: this program knows account"),
              std::string::npos);
    EXPECT_EQ(ask({"as-of", "account", "bob"}).status, tools::not_there);
    EXPECT_EQ(ask({"as-of", "account", "alice", "2026-01-01"}).status, tools::not_there);
    EXPECT_EQ(ask({"as-of", "account", "alice", "2999-01-01"}).status, tools::too_early);
    EXPECT_EQ(ask({"as-of", "account", "alice", "--version", "9"}).status, tools::not_there);
    EXPECT_EQ(ask({"as-of", "account", "alice", "2026-01-07", "--version", "1"}).status, tools::usage);
    EXPECT_EQ(ask({"history", "account", "alice", "--limit", "0"}).status, tools::usage);
}

TEST_F(command_line_domain, says_in_one_line_what_is_wrong_with_the_words_of_every_verb) {
    struct wrong {
        std::vector<std::string> words;
        int status;
        std::string_view said;
    };
    const std::string far(2'000, 'k');
    const std::vector<wrong> all{
        {{"as-of", "account", "alice", "soon"}, tools::usage, "soon"},
        {{"as-of", "account", "alice", "--occurred", "2026-02-30"}, tools::usage, "2026-02-30"},
        {{"as-of", "account", "alice", "--cut", "no cut"}, tools::usage, "cut"},
        {{"as-of", "account", "alice", "--version", "x"}, tools::usage, "--version"},
        {{"as-of", "account", far}, tools::usage, "1,024"},
        {{"history", "account", "alice", "--after", "-1"}, tools::usage, "--after"},
        {{"history", "account", "bob"}, tools::not_there, "account-bob"},
        {{"diff", "account", "alice"}, tools::usage, "FROM"},
        {{"diff", "account", "alice", "2026-01-07", "then"}, tools::usage, "then"},
        {{"diff", "account", "alice", "2999-01-01"}, tools::too_early, "2999-01-01"},
        {{"blame", "account", "alice", "balance_"}, tools::usage, "balance_"},
        {{"blame", "account", "alice", "$.balance_[0]"}, tools::usage, "$.balance_"},
        {{"first-where", "account", "alice"}, tools::usage, "CONDITION"},
        {{"first-where", "account", "alice", "$.owner_ = 7"}, tools::usage, "$.owner_"},
        {{"first-where", "account", "alice", "$.balance_ = 1e999"}, tools::usage, "1e999"},
        {{"bisect", "account", "alice", "$.balance_ < 0", "--from", "4", "--to", "2"}, tools::usage, "4"},
        {{"bisect", "account", "alice", "$.balance_ < 0", "--to", "0"}, tools::usage, "--to"},
        {{"step", "account", "alice", "--at", "99"}, tools::usage, "99"},
        {{"replay", "balances"}, tools::usage, "DATABASE"},
        {{"replay", "balances", at("no/such/place.db")}, tools::not_there, "place.db"},
        {{"verify-projection", "balances"}, tools::usage, "DATABASE"},
        {{"verify-projection", "balances", at("none.db"), "--one-key-in", "0"}, tools::usage, "--one-key-in"},
        {{"verify-projection", "balances", at("none.db"), "--stream", "alice"}, tools::usage, "alice"},
        {{"heal-row", "balances", at("none.db"), "balances"}, tools::usage, "KEY"},
        {{"rebuild", "balances"}, tools::usage, "DATABASE"},
        {{"rebuild", "nothing", at("none.db")}, tools::usage, "nothing"},
    };
    for (const auto& [words, status, said] : all) {
        const auto told = ask(words);
        std::string line = words[0];
        for (const auto& word : words) line += " " + word.substr(0, 40);
        EXPECT_EQ(told.status, status) << line << ": " << told.err;
        EXPECT_EQ(told.out, "") << line;
        const auto last = told.err.rfind('\n', told.err.size() - 2);
        EXPECT_EQ(told.err.find("bank: "), last == std::string::npos ? 0 : last + 1) << line << ": " << told.err;
        EXPECT_NE(told.err.find(said), std::string::npos) << line << ": " << told.err;
    }
}

}  // namespace domain_test
}  // namespace leftfold
