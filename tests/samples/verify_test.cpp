#include "git_history/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "git_history/aggregate_trees.hpp"
#include "git_history/importer.hpp"
#include "git_history/model_trees.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "samples/random_history.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

namespace verify_test {

using namespace git_history;

/// Answers as another source does, but for one commit, where a file is missing.
class wrong_once : public tree_source {
public:
    wrong_once(tree_source& right, std::string where) : right_(&right), where_(std::move(where)) {}
    std::string_view name() const override { return "a wrong source"; }
    std::vector<tree_entry> tree_of(const commit_imported& commit) override {
        auto entries = right_->tree_of(commit);
        if (commit.sha == where_) entries.pop_back();
        return entries;
    }

private:
    tree_source* right_;
    std::string where_;
};

struct git_verify : testing::Test {
    git_verify() {
        script_random_history(script, 50, seed_of_this_run());
        import_history(store, git_repository(script.path()));
    }

    scratch_directory scratch;
    scripted_repository script{scratch / "repository.git"};
    leftfold::event_store store = leftfold::open_memory();
};

TEST_F(git_verify, a_right_store_is_equal_in_every_sample) {
    aggregate_trees trees(store);
    model_trees model(store, scratch / "files.db");
    const auto report = verify(store, git_repository(script.path()), {&trees, &model}, {.samples = 20, .seed = 7});
    EXPECT_EQ(report.samples, 20U);
    EXPECT_EQ(report.equal, 20U);
    EXPECT_TRUE(report.differences.empty());
}

TEST(git_verify_oddities, every_tree_of_an_odd_history_is_equal_from_both_sources) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "odd.git");
    script_oddities(script);
    auto store = leftfold::open_memory();
    const git_repository repository(script.path());
    import_history(store, repository);
    aggregate_trees aggregates(store);
    model_trees model(store, scratch / "files.db");
    const auto report = verify(store, repository, {&aggregates, &model}, {.samples = 1'000});
    EXPECT_EQ(report.equal, oddities);
    for (const auto& difference : report.differences) ADD_FAILURE() << difference;
}

TEST_F(git_verify, more_samples_than_commits_are_all_commits) {
    aggregate_trees trees(store);
    model_trees model(store, scratch / "files.db");
    const auto report = verify(store, git_repository(script.path()), {&trees, &model}, {.samples = 1'000});
    EXPECT_EQ(report.samples, script.history().size());
    EXPECT_EQ(report.equal, report.samples);
}

TEST_F(git_verify, a_source_that_is_wrong_in_one_commit_is_found_and_named) {
    aggregate_trees right(store);
    const auto sha = script.history().back();
    wrong_once wrong(right, sha);
    const auto report = verify(store, git_repository(script.path()), {&right, &wrong}, {.samples = 1'000});
    EXPECT_EQ(report.equal, report.samples - 1);
    ASSERT_EQ(report.differences.size(), 1U);
    EXPECT_TRUE(report.differences.front().starts_with("a wrong source at " + sha));
}

TEST(git_verify_samples, the_same_seed_picks_the_same_places_and_another_one_others) {
    EXPECT_EQ(pick_places(1'000, 20, 1), pick_places(1'000, 20, 1));
    EXPECT_NE(pick_places(1'000, 20, 1), pick_places(1'000, 20, 2));
}

TEST(git_verify_samples, places_are_distinct_ascending_and_reach_everywhere) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto places = pick_places(50, 5, seed);
        EXPECT_EQ(places.size(), 5U);
        EXPECT_TRUE(std::ranges::is_sorted(places));
        EXPECT_EQ(std::set(places.begin(), places.end()).size(), 5U);
        EXPECT_LT(places.back(), 50U);
        seen.insert(places.begin(), places.end());
    }
    EXPECT_EQ(seen.size(), 50U);
    EXPECT_EQ(pick_places(3, 10, 1), (std::vector<std::uint64_t>{0, 1, 2}));
    EXPECT_TRUE(pick_places(0, 10, 1).empty());
}

}  // namespace verify_test
