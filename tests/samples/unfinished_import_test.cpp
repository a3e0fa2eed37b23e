// What an import finds that was killed in the middle of a commit: the first of that commit's changes, without their
// commit_imported. Made here by hand, change by change; import_kill_test.cpp kills for real.
#include <gtest/gtest.h>

#include <string>

#include "git_history/aggregate_trees.hpp"
#include "git_history/blame.hpp"
#include "git_history/change_events.hpp"
#include "git_history/commit_log.hpp"
#include "git_history/importer.hpp"
#include "git_history/model_trees.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

namespace unfinished_import_test {

using namespace git_history;

constexpr std::int64_t noon = 1'768'478'400;  // 2026-01-15T12:00:00Z

struct unfinished_import : testing::Test {
    import_report import() { return import_history(store, git_repository(script.path())); }

    /// Appends the first `count` changes of HEAD's commit, as an import does that is killed then.
    void import_partly(std::size_t count) {
        const git_repository repository(script.path());
        history_reader reader(repository, *repository.head(), 1);
        const auto commit = reader.next_commit();
        for (; count > 0; --count) {
            const auto change = reader.next_change();
            ASSERT_TRUE(change);
            const auto name = name_path(change->path);
            ASSERT_TRUE(store.append(leftfold::stream_id("path", name.key), leftfold::expected_version::any(),
                                     {make_change(*commit, *change, name)}));
        }
    }

    void expect_every_tree_equal() {
        const git_repository repository(script.path());
        aggregate_trees trees(store);
        model_trees model(store, scratch / "files.db");
        commit_log(store).visit([&](const commit_imported& commit) {
            const auto expected = repository.ls_tree(commit.sha);
            EXPECT_EQ(list_tree(trees.tree_of(commit)), expected) << commit.sha;
            EXPECT_EQ(list_tree(model.tree_of(commit)), expected) << commit.sha;
            return true;
        });
        EXPECT_EQ(commit_log(store).size(), script.history().size());
    }

    scratch_directory scratch;
    scripted_repository script{scratch / "repository.git"};
    leftfold::event_store store = leftfold::open_memory();
};

std::vector<file_edit> ten_files(const std::string& data) {
    std::vector<file_edit> edits;
    for (int i = 0; i < 10; ++i) edits.push_back(file("file-" + std::to_string(i), data));
    return edits;
}

TEST_F(unfinished_import, the_rest_of_the_commit_is_appended) {
    script.commit(ten_files("one"), noon);
    script.write();
    import();
    script.commit(ten_files("two"), noon);
    script.write();
    import_partly(4);
    EXPECT_EQ(import().changes, 10U);
    expect_every_tree_equal();
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(store.head(leftfold::stream_id("path", "file-" + std::to_string(i))), leftfold::version{2});
    }
}

TEST_F(unfinished_import, does_not_exist_for_questions_about_the_past) {
    script.commit(ten_files("one"), noon);
    script.write();
    import();
    const auto versions_before = blame(store, "file-0");
    script.commit(ten_files("two"), noon);
    script.write();
    import_partly(10);
    EXPECT_EQ(commit_log(store).size(), 1U);
    EXPECT_EQ(blame(store, "file-0"), versions_before);
    const git_repository repository(script.path());
    const auto commit = commit_log(store).last();
    EXPECT_EQ(list_tree(aggregate_trees(store).tree_of(*commit)), repository.ls_tree(commit->sha));
}

TEST_F(unfinished_import, of_a_commit_that_was_rewritten_since_is_taken_back) {
    const auto first = script.commit(ten_files("one"), noon);
    script.write();
    import();
    script.commit({file("file-0", "never"), gone("file-1"), soft_link("file-2"), file("new-\xff"), file("file-3", "x")},
                  noon);
    script.write();
    import_partly(5);
    script.commit({file("other"), file("file-3", "instead")}, noon, {first});
    script.commit({file("file-1", "later")}, noon);
    script.write();
    import();
    expect_every_tree_equal();
    // A reader of the path's versions sees none of it.
    EXPECT_EQ(blame(store, "new-\xff"), "");
    EXPECT_EQ(blame(store, "file-0").find("never"), std::string::npos);
    const auto heads = store.heads();
    EXPECT_EQ(import().commits, 0U);
    EXPECT_EQ(store.heads(), heads);
}

TEST_F(unfinished_import, may_be_rewritten_and_rewritten_back) {
    const auto root = script.commit(ten_files("one"), noon);
    script.write();
    import();
    const auto first =
        script.commit({file("file-0", "first"), file("file-1", "first"), file("a", "first")}, noon, {root});
    script.write();
    import_partly(2);
    script.commit({file("file-0", "second"), file("file-2", "second")}, noon, {root});
    script.write();
    import_partly(1);  // what a killed import leaves that did not come to take back the first
    script.reset_to(first);
    import();
    expect_every_tree_equal();
}

TEST_F(unfinished_import, of_a_first_commit_that_was_rewritten_is_taken_back) {
    script.commit(ten_files("one"), noon);
    script.write();
    import_partly(3);
    script.commit({file("file-9", "other")}, noon, {});
    script.write();
    import();
    expect_every_tree_equal();
}

}  // namespace unfinished_import_test
