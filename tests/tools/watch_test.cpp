// `leftfold watch`: what a table's rows become, told to another process.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <map>
#include <random>
#include <string>

#include "leftfold/framework/event_codec.hpp"
#include "leftfold/projections/change_position.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "support/balances.hpp"
#include "support/closing_line.hpp"
#include "tools/command_line.hpp"
#include "tools/program.hpp"

namespace leftfold {
namespace watch_test {

using test_support::balances;
using test_support::deposited;
using test_support::program;
using test_support::run;

class command_line_watch : public test_support::command_line {
protected:
    void deposit(const std::string& key, std::int64_t cents) {
        std::vector<event_data> one;
        one.push_back(to_event_data(deposited{cents}));
        store_.append(stream_id("account", key), expected_version::any(), std::move(one)).value();
    }
    void start() {
        engine_.add<balances>({.database = at("views.db")});
        engine_.start();
    }
    boost::json::object next(program& of) const { return boost::json::parse(of.line()).as_object(); }

    event_store store_ = open_sqlite(at("a"), {.partitions = 2});
    projection_engine engine_{store_};
};

TEST_F(command_line_watch, shows_what_is_there_and_ends) {
    engine_.add<balances>({.database = at("views.db")});
    for (const auto cents : {100, 0, -30}) deposit("alice", cents);
    engine_.catch_up();
    const auto plain = run({"watch", at("views.db"), "balances", "--from", "earliest", "--once"});
    EXPECT_NE(plain.out.find("Z inserted alice cents: 100\n"), std::string::npos) << plain.out << plain.err;
    EXPECT_NE(plain.out.find("Z changed alice cents: 100 → 70\n"), std::string::npos) << plain.out;
    const auto told = run({"watch", at("views.db"), "balances", "--from", "earliest", "--count", "1", "--json"});
    const auto line = boost::json::parse(told.out).as_object();
    EXPECT_EQ(line.at("row"), "inserted");
    EXPECT_EQ(boost::json::serialize(line.at("after")), R"({"account":"alice","cents":100})");
    const auto rest = run({"watch", at("views.db"), "balances", "--once", "--json", "--from",
                           std::string(line.at("position").as_string())});
    EXPECT_EQ(boost::json::parse(rest.out).as_object().at("before").as_object().at("cents"), 100);
    EXPECT_EQ(run({"watch", at("views.db"), "balances", "--once"}).out, "") << "latest";
}

TEST_F(command_line_watch, says_why_it_cannot) {
    start();
    const auto status = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "watch");
        words.emplace_back("--once");
        return run(words).status;
    };
    EXPECT_EQ(status({at("none.db"), "balances"}), tools::not_there);
    EXPECT_EQ(status({at("views.db"), "none"}), tools::not_there);
    EXPECT_EQ(status({at("views.db"), "balances", "--from", "soon"}), tools::usage);
    EXPECT_EQ(status({at("views.db"), "balances", "--from", to_string(store_.id()) + ".x.1.1"}), tools::usage);
    const change_position elsewhere{derive_event_id("another store"), store_.epoch(), {}, 1};
    EXPECT_EQ(status({at("views.db"), "balances", "--from", to_string(elsewhere)}), tools::refused_input);
}

TEST_F(command_line_watch, wakes_within_50_ms_of_a_commit_and_ends_by_sigint) {
    using clock = std::chrono::steady_clock;
    constexpr int rounds = 20;
    start();
    engine_.wait_for(
        store_.append(stream_id("account", "alice"), expected_version::none(), {to_event_data(deposited{1})})
            .value()
            .position);
    program watcher({"watch", at("views.db"), "balances", "--from", "earliest", "--json"});
    EXPECT_EQ(next(watcher).at("row"), "inserted");
    std::vector<double> times;
    for (int i = 0; i != rounds; ++i) {
        const auto begun = clock::now();
        deposit("alice", 1);
        EXPECT_EQ(next(watcher).at("after").at("cents"), i + 2);
        times.push_back(std::chrono::duration<double, std::milli>(clock::now() - begun).count());
    }
    std::ranges::sort(times);
    EXPECT_LT(times[rounds / 2], 50.0) << "the append included";
    test_support::closing_line("watch: {} changes told to another process, half of them within {:.1f} ms of the append",
                               rounds, times[rounds / 2]);
    watcher.signal(SIGINT);
    EXPECT_EQ(watcher.wait().signal, SIGINT);
}

// The subscriber is killed again and again, while the engine goes on, and begins again after the last whole line that
// it had written.
TEST_F(command_line_watch, that_is_killed_and_resumed_misses_nothing_and_tells_nothing_twice) {
    constexpr int deposits = 300;
    std::mt19937 random{11};
    start();
    std::map<std::string, std::int64_t> rows;
    std::string from = "earliest";
    int told = 0;
    int wrong = 0;
    int kills = 0;
    for (int made = 0; told != deposits;) {
        program watcher({"watch", at("views.db"), "balances", "--from", from, "--json"});
        const int lines = 1 + static_cast<int>(random() % 25);
        for (; made != deposits && made < told + lines + 10; ++made)
            deposit(std::string(1, static_cast<char>('a' + made % 7)), 1);
        for (int i = 0; i != lines && told != deposits; ++i, ++told) {
            const auto line = next(watcher);
            const std::string key(line.at("key").as_string());
            const auto before = line.contains("before") ? line.at("before").at("cents").as_int64() : 0;
            if (before != rows[key] || line.at("after").at("cents") != before + 1) ++wrong;
            rows[key] = line.at("after").at("cents").as_int64();
            from = line.at("position").as_string();
        }
        watcher.signal(SIGKILL);
        EXPECT_EQ(watcher.wait().signal, SIGKILL);
        ++kills;
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(run({"watch", at("views.db"), "balances", "--from", from, "--once"}).out, "");
    EXPECT_GE(kills, 20);
    test_support::closing_line("watch: {} kills of a subscriber, {} changes told, {} missed or doubled", kills, told,
                               wrong);
}

}  // namespace watch_test
}  // namespace leftfold
