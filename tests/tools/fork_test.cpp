// Branches on the command line.
#include <filesystem>

#include "leftfold/storage/fork.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace fork_test {

using test_support::command_line;
using test_support::run;

class fork_command : public command_line {
protected:
    /// The lines of an export but the first, which has the store's id.
    static std::string events_of(const std::string& store) {
        const auto exported = run({"export", store}).out;
        return exported.substr(exported.find('\n') + 1);
    }
    static void append(const std::string& store) {
        auto opened = open_sqlite(store);
        opened.append({"account", "late"}, expected_version::any(), {event_data("bank.deposited", "{}")}).value();
    }
};

TEST_F(fork_command, branches_a_store_whose_export_then_differs_by_what_came_later) {
    fill("a", 5);
    const auto before = events_of(at("a"));
    const auto made = run({"fork", at("a"), at("b")});
    ASSERT_EQ(made.status, tools::success) << made.err;
    EXPECT_NE(made.out.find("is a fork of"), std::string::npos) << made.out;
    append(at("a"));
    EXPECT_EQ(events_of(at("b")), before);
    append(at("b"));
    EXPECT_EQ(events_of(at("b")).substr(0, 100), before.substr(0, 100));
    EXPECT_NE(events_of(at("b")), events_of(at("a")));
    EXPECT_EQ(run({"verify", at("b")}).status, tools::success);
    EXPECT_EQ(run({"fork", at("a"), at("b")}).status, tools::already_there);
    EXPECT_EQ(run({"fork", at("nothing"), at("c")}).status, tools::not_there);
}

TEST_F(fork_command, takes_a_time_or_a_moment_and_info_shows_where_it_left) {
    const auto done = fill("a", 4);
    const auto then = to_rfc3339(done[done.size() / 2].recorded.time());
    const auto moment = run({"moment", at("a"), then}).out;
    ASSERT_EQ(run({"fork", at("a"), at("b"), "--at", then}).status, tools::success);
    ASSERT_EQ(run({"fork", at("a"), at("c"), "--at", moment.substr(0, moment.find('\n'))}).status, tools::success);
    EXPECT_EQ(events_of(at("b")), events_of(at("c")));
    const auto known_then = run({"export", at("a"), "--as-of", then}).out;
    EXPECT_EQ(events_of(at("b")), known_then.substr(known_then.find('\n') + 1));
    const auto info = run({"info", at("b")}).out;
    EXPECT_NE(info.find("fork of     " + to_string(open_sqlite(at("a")).id()) + " in " + at("a")), std::string::npos)
        << info;
    EXPECT_NE(info.find("at " + then), std::string::npos) << info;
    EXPECT_NE(run({"--json", "info", at("c")}).out.find(R"("fork_of":{"store":)"), std::string::npos);
    EXPECT_EQ(run({"fork", at("a"), at("d"), "--at", "next year"}).status, tools::usage);
}

TEST_F(fork_command, is_gone_when_its_directory_is_and_lost_without_its_parent) {
    fill("a", 2);
    ASSERT_EQ(run({"fork", at("a"), at("b")}).status, tools::success);
    ASSERT_EQ(run({"fork", at("a"), at("c")}).status, tools::success);
    std::filesystem::remove_all(at("b"));
    EXPECT_EQ(run({"info", at("b")}).status, tools::not_there);
    EXPECT_EQ(run({"verify", at("a")}).status, tools::success);
    std::filesystem::remove_all(at("a"));
    const auto lost = run({"info", at("c")});
    EXPECT_EQ(lost.status, tools::not_there);
    EXPECT_NE(lost.err.find("its parent is not there"), std::string::npos) << lost.err;
}

}  // namespace fork_test
}  // namespace leftfold
