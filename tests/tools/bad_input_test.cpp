#include <sys/stat.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/backup.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace bad_input_test {

namespace fs = std::filesystem;
using test_support::answer;
using test_support::run;

struct command_line_input : test_support::command_line {
    /// Expects this status, and one line that says what is wrong.
    void refused(const std::vector<std::string>& words, int status, const std::string& input = {}) {
        const auto told = run(words, input);
        std::string line;
        for (const auto& word : words) line += word + ' ';
        EXPECT_EQ(told.status, status) << line << told.err;
        EXPECT_EQ(std::count(told.err.begin(), told.err.end(), '\n'), 1) << line << told.err;
        EXPECT_TRUE(told.err.starts_with("leftfold: ")) << line << told.err;
        EXPECT_EQ(told.out, "") << line;
        ++refusals;
    }
    int refusals = 0;
};

TEST_F(command_line_input, wrong_words_are_one_line_and_status_2) {
    fill("a");
    const std::string store = at("a");
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{},
                                               {"no-such-command"},
                                               {"info"},
                                               {"info", store, "another"},
                                               {"info", store, "--no-such-option"},
                                               {"info", ""},
                                               {"events", store, "--limit", "0"},
                                               {"events", store, "--limit", "many"},
                                               {"events", store, "--limit", "99999999999999999999"},
                                               {"events", store, "--from"},
                                               {"events", store, "--as-of", ""},
                                               {"events", store, "--as-of", "2026-02-30"},
                                               {"events", store, "--as-of", "2 fortnights ago"},
                                               {"events", store, "--from", "1:0"},
                                               {"events", store, "--from", "1:-1"},
                                               {"events", store, "--from", "1:99999999999999999999"},
                                               {"events", store, "--to", "3:1"},
                                               {"events", store, "--to", "1:2:3"},
                                               {"events", store, "--from", "0:1", "--to", "1:9"},
                                               {"events", store, "--category", "Account"},
                                               {"events", store, "--type", "two\nlines"},
                                               {"events", store, "--stream", "account"},
                                               {"events", store, "--stream", "account-\xff"},
                                               {"tail", store, "--count", "-1"},
                                               {"clock", store},
                                               {"sql", store, "SELECT\n*\nFROM nowhere"},
                                               {"import", at("b"), "--partitions", "0"},
                                               {"import", at("b"), "--partitions", "4294967297"},
                                               {"restore", store}})
        refused(words, tools::usage);
    EXPECT_FALSE(fs::exists(at("b")));
    std::cout << "wrong words refused: " << refusals << '\n';
}

TEST_F(command_line_input, what_is_not_there_or_there_already_has_a_status_of_its_own) {
    fill("a");
    std::ofstream(at("file")) << "a file";
    fs::create_directory(at("empty"));
    for (const std::string command : {"info", "streams", "events", "tail", "verify", "head", "reindex", "export"})
        for (const std::string name : {"nothing", "file", "empty"}) refused({command, at(name)}, tools::not_there);
    refused({"sql", at("nothing"), "SELECT 1"}, tools::not_there);
    refused({"clock", at("nothing"), "--accept"}, tools::not_there);
    refused({"backup", at("nothing"), at("b")}, tools::not_there);
    refused({"restore", at("nothing"), at("b")}, tools::not_there);
    refused({"events", at("a"), "--stream", "account-nobody"}, tools::not_there);
    refused({"events", at("a"), "--as-of", "2999-01-01"}, tools::too_early);
    EXPECT_FALSE(fs::exists(at("b")));

    const auto exported = run({"export", at("a")}).out;
    refused({"import", at("a")}, tools::already_there, exported);
    refused({"restore", at("a"), at("a")}, tools::already_there);
    refused({"import", at("file")}, tools::already_there, exported);
    EXPECT_EQ(run({"export", at("a")}).out, exported);

    const auto owner = open_sqlite(at("a"));
    refused({"import", at("a")}, tools::in_use, exported);
}

TEST_F(command_line_input, a_foreign_manifest_and_a_later_one_are_refused) {
    fs::create_directory(at("foreign"));
    std::ofstream(at("foreign/manifest")) << "something else";
    refused({"info", at("foreign")}, tools::refused_input);
    fill("a");
    std::fstream manifest(at("a/manifest"), std::ios::in | std::ios::out);
    manifest.seekp(15) << "format 9";
    manifest.close();
    refused({"info", at("a")}, tools::refused_input);
}

TEST_F(command_line_input, an_import_names_the_line_that_is_wrong) {
    fill("a", 2);
    const auto exported = run({"export", at("a")}).out;
    const auto partial = run({"export", at("a"), "--type", "bank.deposited"}).out;
    const auto line_3 = exported.find('\n', exported.find('\n') + 1) + 1;
    const auto named = [&](const std::string& input, int status, const std::string& said) {
        const auto told = run({"import", at("b")}, input);
        EXPECT_EQ(told.status, status) << told.err;
        EXPECT_TRUE(told.err.starts_with("leftfold: importing line " + said)) << told.err;
        EXPECT_FALSE(fs::exists(at("b")));
    };
    auto altered = exported;
    altered[line_3 + 20] = static_cast<char>(altered[line_3 + 20] ^ 1);
    named(altered, tools::damaged, "3: ");
    named(exported.substr(0, line_3 + 40), tools::damaged, "3: ");
    named(exported.substr(0, line_3), tools::damaged, "3: the input ends before offset ");
    named("", tools::refused_input, "1: there is no input");
    named("not an export\n", tools::refused_input, "1: ");
    named(exported.substr(line_3), tools::refused_input, "1: ");
    named(exported + exported, tools::refused_input, "8: ");
    named(partial + "{\"what\":\"else\"}\n", tools::refused_input, "4: ");
    fs::create_directory(at("b"));  // one that was there stays, without anything in it that could be taken for a store
    EXPECT_EQ(run({"import", at("b")}, altered).status, tools::damaged);
    EXPECT_EQ(run({"import", at("b")}, exported).status, tools::success);
    EXPECT_EQ(run({"export", at("b")}).out, exported);
}

TEST_F(command_line_input, times_are_read_as_people_say_them_and_shown_as_instants) {
    const auto done = fill("a", 2);
    const std::string store = at("a");
    const auto owner = open_sqlite(store);  // which closes the time that is asked for
    for (const std::string command : {"events", "streams", "export"}) {
        const auto told = run({command, store, "--as-of", "now", "--from", "an hour ago", "--to", "now"});
        EXPECT_EQ(told.status, tools::success) << told.err;
        std::istringstream lines(told.err);
        std::string word;
        for (std::string line; std::getline(lines, line);) {
            const auto at = line.rfind(' ');
            word += line.substr(0, at) + ';';
            EXPECT_NO_THROW(parse_time(line.substr(at + 1))) << line;
        }
        EXPECT_EQ(word, "as of;to;from;") << command;
    }
    const auto sql = run({"sql", store, "SELECT count(*) FROM events", "--as-of", "2026-03-15"});
    EXPECT_EQ(sql.out, "0\n");
    EXPECT_EQ(sql.err, "as of 2026-03-15T00:00:00Z\n");
    EXPECT_EQ(run({"events", store, "--to", to_rfc3339(done[0].recorded.time()), "--json"}).status, tools::success);
}

TEST_F(command_line_input, every_command_answers_in_json_when_asked) {
    fill("a");
    int lines = 0;
    const auto exported = run({"export", at("a")}).out;
    for (const auto& [words, input] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"init", at("shop")}, {}},
             {{"info", at("a")}, {}},
             {{"streams", at("a"), "--from", "today"}, {}},
             {{"events", at("a"), "--from", "2 hours ago"}, {}},
             {{"tail", at("a"), "--last", "1", "--count", "1"}, {}},
             {{"sql", at("a"), "SELECT * FROM events"}, {}},
             {{"verify", at("a")}, {}},
             {{"head", at("a")}, {}},
             {{"reindex", at("a")}, {}},
             {{"clock", at("a"), "--accept"}, {}},
             {{"export", at("a"), "--merged"}, {}},
             {{"import", at("b")}, exported},
             {{"backup", at("a"), at("saved")}, {}},
             {{"restore", at("saved"), at("c")}, {}}}) {
        auto asked = words;
        asked.emplace_back("--json");
        const auto told = run(asked, input);
        EXPECT_EQ(told.status, tools::success) << words.front() << ": " << told.err;
        EXPECT_NE(told.out, "") << words.front();
        std::istringstream all(told.out);
        for (std::string line; std::getline(all, line); ++lines)
            EXPECT_TRUE(boost::json::parse(line).is_object()) << words.front() << ": " << line;
    }
    std::cout << "lines of JSON: " << lines << '\n';
    EXPECT_GT(lines, 30);
}

TEST_F(command_line_input, a_backup_has_what_an_owner_stored_whose_last_word_is_lost) {
    fill("a", 3);
    fs::remove(at("a/live"));  // never synced, so that a power cut may take it
    EXPECT_EQ(run({"backup", at("a"), at("saved")}).out.substr(0, 8), "9 event(");
}

TEST_F(command_line_input, what_cannot_be_closed_is_refused_and_not_left_out) {
    fill("a", 3);
    fs::remove(at("a/live"));
    fs::create_directory(at("a/live"));
    for (const std::string command : {"events", "streams", "export"}) {
        refused({command, at("a")}, tools::too_early);
        EXPECT_EQ(run({command, at("a"), "--provisional"}).status, tools::success);
    }
    refused({"sql", at("a"), "SELECT count(*) FROM events"}, tools::too_early);
    refused({"backup", at("a"), at("saved")}, tools::too_early);
}

TEST_F(command_line_input, an_order_to_what_holds_no_read_models_leaves_it_as_it_is) {
    std::ofstream(at("empty.db")) << "";
    std::ofstream(at("text.db")) << "no database";
    for (const std::string name : {"empty.db", "text.db"}) {
        const auto size = fs::file_size(at(name));
        for (const std::string verb : {"pause", "resume", "rollback", "drain", "stop"})
            refused({verb, at(name), "balances"}, tools::refused_input);
        refused({"parked", "list", at(name)}, tools::refused_input);
        EXPECT_EQ(fs::file_size(at(name)), size);
        for (const auto* suffix : {".lock", ".bell"}) EXPECT_FALSE(fs::exists(at(name) + suffix)) << name << suffix;
    }
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    refused({"watch", at("pipe"), "balances", "--once"}, tools::not_there);
    refused({"watch", directory_.path().string(), "balances", "--once"}, tools::not_there);
    refused({"projections", at(std::string(300, 'n'))}, tools::not_there);
}

struct broken_off : std::runtime_error {
    broken_off() : std::runtime_error("broken off") {}
};

TEST_F(command_line_input, a_backup_that_was_broken_off_gives_its_last_whole_cut_or_nothing) {
    fill("a", 20);
    auto store = open_sqlite(at("a"));
    const auto break_off = [](std::int64_t done, std::int64_t all) {
        if (done < all) throw broken_off();
    };
    EXPECT_THROW(backup(store, at("saved"), {.progress = break_off}), broken_off);
    refused({"info", at("saved")}, tools::not_there);
    refused({"restore", at("saved"), at("b")}, tools::not_there);
    EXPECT_THROW(open_sqlite(at("saved")), error);
    EXPECT_EQ(run({"backup", at("a"), at("saved")}).status, tools::success);
    const auto first = run({"export", at("saved")}).out;
    EXPECT_EQ(first, run({"export", at("a")}).out);

    for (int i = 0; i != 9; ++i) {
        std::vector<event_data> one;
        one.emplace_back("bank.deposited", "{}");
        store.append(stream_id("account", "late" + std::to_string(i)), expected_version::none(), std::move(one))
            .value();
    }
    EXPECT_THROW(backup(store, at("saved"), {.progress = break_off}), broken_off);
    refused({"events", at("saved")}, tools::not_there);  // nor may it be sealed, with more than belongs together
    EXPECT_EQ(run({"restore", at("saved"), at("b")}).status, tools::success);
    const auto events = [](const std::string& text) { return text.substr(text.find('\n')); };
    EXPECT_EQ(events(run({"export", at("b")}).out), events(first));
    EXPECT_EQ(run({"backup", at("a"), at("saved")}).status, tools::success);
    EXPECT_EQ(run({"export", at("saved")}).out, run({"export", at("a")}).out);
}

}  // namespace bad_input_test
}  // namespace leftfold
