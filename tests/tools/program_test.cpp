#include "tools/program.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "leftfold/storage/error.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace program_test {

namespace fs = std::filesystem;
using test_support::program;
using test_support::run;

class command_line_program : public test_support::command_line {
protected:
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(at(name), std::ios::binary) << text;
    }
    std::string text_of(const std::string& name) const {
        std::ifstream in(at(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// What a command that cannot write its answer says, in one line, with status 1.
    std::string complaint(const std::vector<std::string>& words, const std::string& out) const {
        program of(words, {.out = out, .err = at("err")});
        EXPECT_EQ(of.wait().status, tools::failed) << words.front() << " > " << out;
        return text_of("err");
    }
};

TEST_F(command_line_program, an_answer_that_cannot_be_written_is_a_failure) {
    fill("a", 30);
    for (const std::string command : {"info", "streams", "events", "head", "export", "verify", "tail"}) {
        std::vector<std::string> words{command, at("a")};
        if (command == "tail") words.insert(words.end(), {"--last", "5", "--count", "3"});
        const auto told = complaint(words, "/dev/full");
        EXPECT_NE(told.find("(No space left on device)"), std::string::npos) << command << ": " << told;
        EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
        EXPECT_NE(complaint(words, "").find("(Bad file descriptor)"), std::string::npos) << command;
    }
    const std::string many = "SELECT a.payload FROM events a, events b";
    EXPECT_NE(complaint({"sql", at("a"), many}, "/dev/full").find("(No space"), std::string::npos);
    EXPECT_NE(complaint({"sql", at("a"), "SELECT 1"}, "/dev/full").find("(No space"), std::string::npos);
    EXPECT_NE(complaint({"--help"}, "/dev/full").find("writing the answer"), std::string::npos);
}

TEST_F(command_line_program, ends_by_sigpipe_like_any_filter) {
    fill("a", 300);
    program of({"events", at("a")});
    EXPECT_FALSE(of.line().empty());
    of.stop_reading();
    EXPECT_EQ(of.wait().signal, SIGPIPE);
}

TEST_F(command_line_program, tail_ends_when_its_reader_has_gone_even_if_nothing_more_is_recorded) {
    fill("a", 3);
    program of({"tail", at("a"), "--last", "1"});
    EXPECT_FALSE(of.line().empty());
    of.stop_reading();
    const auto end = of.wait();
    EXPECT_TRUE(end.status == tools::success || end.signal == SIGPIPE) << end.status << ' ' << end.signal;
}

TEST_F(command_line_program, tail_shows_what_is_recorded_until_it_is_interrupted) {
    fill("a", 1);
    program of({"tail", at("a"), "--last", "1", "--json"});
    EXPECT_NE(of.line().find("bank.scanned"), std::string::npos);
    auto store = open_sqlite(at("a"));
    std::vector<event_data> one;
    one.emplace_back("bank.closed", "{}");
    store.append(stream_id("account", "later"), expected_version::none(), std::move(one)).value();
    EXPECT_NE(of.line().find("bank.closed"), std::string::npos);
    of.signal(SIGINT);
    EXPECT_EQ(of.wait().signal, SIGINT);
    EXPECT_EQ(of.line(), "");
}

TEST_F(command_line_program, draws_a_bar_on_a_terminal_and_nowhere_else) {
    fill("a", 300);
    for (const std::string command : {"export", "verify", "backup", "reindex"}) {
        const std::string to = command == "backup" ? at("copy") : "";
        std::vector<std::string> words{command, at("a")};
        if (!to.empty()) words.push_back(to);
        {
            program of(words, {.out = "/dev/null", .err = "tty"});
            const auto drawn = of.terminal();
            EXPECT_NE(drawn.find(" of "), std::string::npos) << command << ": " << drawn;
            EXPECT_TRUE(drawn.ends_with("\r\033[K")) << command << ": " << drawn;
            EXPECT_EQ(of.wait().status, tools::success) << command;
        }
        if (!to.empty()) fs::remove_all(to);
        program of(words, {.out = "/dev/null", .err = at("err")});
        EXPECT_EQ(of.wait().status, tools::success) << command;
        EXPECT_EQ(text_of("err"), "") << command;
    }
}

TEST_F(command_line_program, an_import_that_is_killed_leaves_nothing_to_be_taken_for_a_store) {
    fill("a", 300);
    const auto exported = run({"export", at("a")}).out;
    int killed = 0;
    for (const std::string partitions : {"3", "5"}) {
        const auto name = "b" + partitions;
        // The writer stops in the middle; the import waits for more when it is killed.
        ASSERT_EQ(::mkfifo(at("fifo" + partitions).c_str(), 0600), 0);
        {
            program of({"import", at(name), "--partitions", partitions}, {.in = at("fifo" + partitions)});
            std::ofstream feed(at("fifo" + partitions), std::ios::binary);
            feed << exported.substr(0, exported.size() - 1'000) << std::flush;
            of.signal(SIGKILL);
            ASSERT_EQ(of.wait().signal, SIGKILL);
            ++killed;
        }
        for (const std::string command : {"info", "verify", "reindex"})
            EXPECT_EQ(run({command, at(name)}).status, tools::not_there) << command;
        EXPECT_THROW(open_sqlite(at(name)), error);
        EXPECT_EQ(run({"import", at(name), "--partitions", partitions}, exported).status, tools::success);
        EXPECT_EQ(run({"verify", at(name)}).status, tools::success);
        EXPECT_EQ(fs::exists(at(name + "/importing")), false);
    }
    EXPECT_EQ(run({"export", at("b3")}).out, exported);
    EXPECT_EQ(killed, 2);
}

}  // namespace program_test
}  // namespace leftfold
