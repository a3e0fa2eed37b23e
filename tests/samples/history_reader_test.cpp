#include "git_history/history_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "git_history/tree_listing.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

namespace history_reader_test {

using namespace git_history;

/// Folds the changes of a whole history by hand, and compares each commit's tree with git's own listing. Returns how
/// many commits there were.
std::size_t compare_all_trees(const git_repository& repository) {
    const auto head = repository.head();
    if (!head) return 0;
    history_reader reader(repository, *head, repository.history_length(*head));
    std::map<std::string, tree_entry> tree;
    std::size_t commits = 0;
    while (const auto commit = reader.next_commit()) {
        while (const auto change = reader.next_change()) {
            if (change->status == 'D') {
                EXPECT_EQ(tree.erase(change->path), 1U);
            } else {
                EXPECT_EQ(tree.contains(change->path), change->status != 'A');
                tree[change->path] = {change->path, change->new_mode, change->new_blob};
            }
        }
        std::vector<tree_entry> entries;
        for (const auto& [path, entry] : tree) entries.push_back(entry);
        EXPECT_EQ(list_tree(entries), repository.ls_tree(commit->sha)) << commit->sha;
        ++commits;
    }
    return commits;
}

TEST(git_history_reader, the_changes_of_all_commits_add_up_to_their_trees) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "odd.git");
    script_oddities(script);
    EXPECT_EQ(compare_all_trees(git_repository(script.path())), script.history().size());
    EXPECT_EQ(script.history().size(), oddities);
}

TEST(git_history_reader, the_repositorys_own_configuration_changes_nothing) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "odd.git");
    script_oddities(script);
    std::ofstream(script.path() / "config", std::ios::app)
        << "[core]\n\tquotePath = false\n\tabbrev = 7\n[log]\n\tshowSignature = true\n\tmailmap = true\n"
           "[diff]\n\trenames = copies\n\tignoreSubmodules = all\n\tnoprefix = true\n\trelative = true\n\torderFile = "
           "x\n"
           "[color]\n\tui = always\n[format]\n\tpretty = oneline\n[i18n]\n\tlogOutputEncoding = UTF-16\n"
           "[submodule \"lib\"]\n\tignore = all\n\tpath = vendor/lib\n";
    EXPECT_EQ(compare_all_trees(git_repository(script.path())), oddities);
}

TEST(git_history_reader, the_callers_environment_changes_nothing) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "odd.git");
    script_oddities(script);
    const auto config = (scratch / "gitconfig").string();
    std::ofstream(config) << "[log]\n\tshowSignature = true\n[core]\n\tquotePath = false\n";
    ::setenv("GIT_CONFIG_GLOBAL", config.c_str(), 1);
    ::setenv("GIT_DIR", "/nowhere", 1);
    ::setenv("GIT_TRACE", "1", 1);
    EXPECT_EQ(compare_all_trees(git_repository(script.path())), oddities);
    for (const auto* name : {"GIT_CONFIG_GLOBAL", "GIT_DIR", "GIT_TRACE"}) ::unsetenv(name);
}

TEST(git_history_reader, a_commit_says_who_and_when_and_after_whom) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "two.git");
    script.commit({file("a")}, 1'000'000);
    script.commit({file("a", "more")}, 999'999);
    script.write();
    const auto history = script.history();
    const git_repository repository(script.path());
    history_reader reader(repository, history.back(), 2);
    const auto first = reader.next_commit();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->sha, history[0]);
    EXPECT_EQ(first->parent, std::nullopt);
    EXPECT_EQ(first->author, "Ann Author <ann@example.org>");
    EXPECT_EQ(first->author_date, "999940");
    EXPECT_EQ(first->commit_date, 1'000'000U);
    const auto second = reader.next_commit();  // what the first one changed is passed over
    ASSERT_TRUE(second);
    EXPECT_EQ(second->parent, history[0]);
    EXPECT_EQ(second->commit_date, 999'999U);
    ASSERT_TRUE(reader.next_change());
    EXPECT_FALSE(reader.next_change());
    EXPECT_FALSE(reader.next_commit());
}

TEST(git_history_reader, the_newest_commits_alone_can_be_read) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "odd.git");
    script_oddities(script);
    const auto history = script.history();
    history_reader reader(git_repository(script.path()), history.back(), 3);
    for (auto i = history.size() - 3; i < history.size(); ++i) {
        const auto commit = reader.next_commit();
        ASSERT_TRUE(commit);
        EXPECT_EQ(commit->sha, history[i]);
    }
    EXPECT_FALSE(reader.next_commit());
}

TEST(git_history_reader, an_unborn_branch_has_no_head_and_no_commits) {
    const scratch_directory scratch;
    const scripted_repository script(scratch / "empty.git");
    EXPECT_EQ(git_repository(script.path()).head(), std::nullopt);
}

TEST(git_process, a_failing_command_says_what_and_why) {
    const scratch_directory scratch;
    try {
        git_repository repository(scratch.path());
        FAIL() << "a plain directory is no repository";
    } catch (const git_failed& failed) {
        EXPECT_NE(std::string(failed.what()).find("git rev-parse --git-dir: exit status 128: fatal: not a git"),
                  std::string::npos)
            << failed.what();
    }
}

TEST(git_process, the_first_command_of_a_pipeline_is_checked_too) {
    const scratch_directory scratch;
    const scripted_repository script(scratch / "empty.git");
    git_output output(script.path(), {{"rev-list", "no-such-commit"}, {"diff-tree", "--stdin"}});
    EXPECT_THROW(output.next('\n'), git_failed);
}

TEST(git_process, output_may_be_left_unread) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "big.git");
    script.commit({file("big", std::string(std::size_t{1} << 20, 'x') + "\n")}, 1'000'000);
    script.write();
    git_output output(script.path(), {{"cat-file", "blob", "main:big"}});
    EXPECT_THROW(git_output(script.path(), {{"cat-file", "blob", "main:big"}}).rest(1'000), git_failed);
}

}  // namespace history_reader_test
