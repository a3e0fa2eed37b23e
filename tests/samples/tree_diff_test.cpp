#include "git_history/tree_diff.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "git_history/commit_log.hpp"
#include "git_history/git_process.hpp"
#include "git_history/importer.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "samples/random_history.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

namespace tree_diff_test {

using namespace git_history;

struct git_diff : testing::Test {
    void import() { import_history(store, git_repository(script.path())); }

    void expect_equal(const std::string& from, const std::string& to) {
        const commit_log imported(store);
        const auto gits = run_git(script.path(), {"-c", "core.quotePath=true", "diff-tree", "-r", "--raw",
                                                  "--ignore-submodules=none", from, to});
        const auto one = imported.find(from);
        const auto other = imported.find(to);
        ASSERT_TRUE(one && other) << from << ' ' << to;
        EXPECT_EQ(diff_trees(store, *one, *other), gits) << from << ' ' << to;
        ++compared;
        if (!gits.empty()) ++with_changes;
    }

    scratch_directory scratch;
    scripted_repository script{scratch / "repository.git"};
    leftfold::event_store store = leftfold::open_memory();
    int compared = 0;
    int with_changes = 0;
};

TEST_F(git_diff, of_any_two_commits_of_an_odd_history_is_what_git_prints) {
    script_oddities(script);
    import();
    const auto history = script.history();
    for (const auto& from : history)
        for (const auto& to : history) expect_equal(from, to);
    std::cout << "diffs of odd histories equal to git's: " << compared << ", with changes: " << with_changes << '\n';
    EXPECT_EQ(compared, static_cast<int>(oddities * oddities));
}

TEST_F(git_diff, of_commits_of_a_random_history_is_what_git_prints) {
    const auto seed = seed_of_this_run();
    script_random_history(script, 60, seed);
    import();
    const auto history = script.history();
    std::mt19937_64 random(seed);
    for (int i = 0; i != 100; ++i) expect_equal(history[random() % history.size()], history[random() % history.size()]);
    std::cout << "diffs of random histories equal to git's: " << compared << ", with changes: " << with_changes << '\n';
    EXPECT_GT(with_changes, 50);
}

}  // namespace tree_diff_test
