#include "git_history/turning_point.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "git_history/git_process.hpp"
#include "git_history/importer.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "samples/random_history.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

namespace turning_point_test {

using namespace git_history;

using tree = std::map<std::string, std::string>;  // path as git quotes it → blob

tree tree_of(const scripted_repository& script, const std::string& commit) {
    std::istringstream lines(run_git(script.path(), {"-c", "core.quotePath=true", "ls-tree", "-r", commit}));
    tree found;
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        found[line.substr(tab + 1)] = line.substr(tab - 40, 40);
    }
    return found;
}

bool has(const tree& of, const std::string& path, const std::string& blob) {
    const auto found = of.find(path);
    return found != of.end() && found->second == blob;
}

struct git_bisect : testing::Test {
    git_bisect() {
        script_random_history(script, 60, seed_of_this_run());
        import_history(store, git_repository(script.path()));
        for (const auto& commit : script.history()) trees.push_back(tree_of(script, commit));
    }

    scratch_directory scratch;
    scripted_repository script{scratch / "repository.git"};
    leftfold::event_store store = leftfold::open_memory();
    std::vector<tree> trees;
};

TEST_F(git_bisect, names_a_commit_that_has_the_blob_and_whose_parent_has_not) {
    const auto history = script.history();
    std::set<std::pair<std::string, std::string>> all;
    for (const auto& each : trees) all.insert(each.begin(), each.end());
    int bisected = 0;
    int read = 0;
    for (const auto& [path, blob] : all) {
        const auto found = find_turning_point(store, path, blob);
        ASSERT_TRUE(found) << path << ' ' << blob;
        const auto at = static_cast<std::size_t>(std::ranges::find(history, found->commit.sha) - history.begin());
        ASSERT_LT(at, history.size());
        EXPECT_TRUE(has(trees[at], path, blob)) << path << ' ' << blob;
        EXPECT_FALSE(at > 0 && has(trees[at - 1], path, blob)) << path << ' ' << blob;
        if (found->method == search_method::bisect) {
            EXPECT_TRUE(has(trees.back(), path, blob));
            EXPECT_LE(found->looks, static_cast<std::size_t>(std::bit_width(history.size())) + 1);
            ++bisected;
        } else {
            EXPECT_FALSE(has(trees.back(), path, blob));
            ++read;
        }
    }
    std::cout << "turning points as git has them: " << bisected << " by bisect, " << read << " by first-where\n";
    EXPECT_GT(bisected, 5);
    EXPECT_GT(read, 5);
}

TEST_F(git_bisect, first_where_names_the_first_of_all) {
    const auto history = script.history();
    for (const auto& [path, blob] : trees.back()) {
        const auto found = find_turning_point(store, path, blob, search_method::first_where);
        ASSERT_TRUE(found) << path;
        std::size_t first = 0;
        while (!has(trees[first], path, blob)) ++first;
        EXPECT_EQ(found->commit.sha, history[first]) << path;
        EXPECT_EQ(found->method, search_method::first_where);
    }
}

TEST_F(git_bisect, finds_nothing_where_there_is_nothing) {
    const auto& [path, blob] = *trees.back().begin();
    EXPECT_FALSE(find_turning_point(store, "no/such/path", blob));
    EXPECT_FALSE(find_turning_point(store, path, std::string(40, '0')));
    EXPECT_TRUE(find_turning_point(store, path, blob.substr(0, 8)));
    EXPECT_THROW(find_turning_point(store, path, blob.substr(0, 3)), std::invalid_argument);
    auto empty = leftfold::open_memory();
    EXPECT_FALSE(find_turning_point(empty, path, blob));
}

}  // namespace turning_point_test
