#include "git_history/importer.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "git_history/aggregate_trees.hpp"
#include "git_history/blame.hpp"
#include "git_history/commit_log.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

namespace importer_test {

using namespace git_history;

constexpr std::int64_t noon = 1'768'478'400;  // 2026-01-15T12:00:00Z
constexpr std::int64_t day = 86'400;

std::size_t events_in(leftfold::event_store& store) {
    std::size_t count = 0;
    const auto heads = store.heads();
    for (leftfold::partition_id p; p.value() < heads.partitions(); p = p.next()) {
        count += static_cast<std::size_t>(heads.at(p).value());
    }
    return count;
}

/// Compares the tree of every imported commit with git's, and returns how many there were.
std::size_t compare_all_commits(leftfold::event_store& store, const git_repository& repository) {
    aggregate_trees trees(store);
    std::size_t commits = 0;
    commit_log(store).visit([&](const commit_imported& commit) {
        EXPECT_EQ(list_tree(trees.tree_of(commit)), repository.ls_tree(commit.sha)) << commit.sha;
        ++commits;
        return true;
    });
    return commits;
}

struct git_importer : testing::Test {
    import_report import() { return import_history(store, git_repository(script.path())); }

    scratch_directory scratch;
    scripted_repository script{scratch / "repository.git"};
    leftfold::event_store store = leftfold::open_memory();
};

TEST_F(git_importer, every_commit_has_the_tree_that_git_lists) {
    script_oddities(script);
    const auto report = import();
    EXPECT_EQ(report.commits, oddities);
    EXPECT_EQ(report.commits_before, 0U);
    EXPECT_EQ(events_in(store), report.commits + report.changes);
    EXPECT_EQ(compare_all_commits(store, git_repository(script.path())), oddities);
}

TEST_F(git_importer, importing_again_appends_nothing) {
    script_oddities(script);
    import();
    const auto heads = store.heads();
    const auto again = import();
    EXPECT_EQ(again.commits, 0U);
    EXPECT_EQ(again.changes, 0U);
    EXPECT_EQ(again.commits_before, oddities);
    EXPECT_EQ(store.heads(), heads);
}

TEST_F(git_importer, importing_again_appends_newer_commits_only) {
    script_oddities(script);
    import();
    const auto before = events_in(store);
    script.commit({file("newer"), gone("README")}, noon);
    script.commit({file("newest")}, noon + day);
    script.write();
    const auto report = import();
    EXPECT_EQ(report.commits, 2U);
    EXPECT_EQ(report.changes, 3U);
    EXPECT_EQ(events_in(store), before + 5);
    EXPECT_EQ(compare_all_commits(store, git_repository(script.path())), oddities + 2);
}

TEST_F(git_importer, an_empty_repository_is_a_history_without_commits) {
    EXPECT_EQ(import().commits, 0U);
    EXPECT_EQ(events_in(store), 0U);
}

TEST_F(git_importer, a_commit_with_more_changes_than_fit_in_flight_is_imported_whole) {
    std::vector<file_edit> edits;
    for (int i = 0; i < 500; ++i) edits.push_back(file("file-" + std::to_string(i)));
    script.commit(edits, noon);
    script.write();
    EXPECT_EQ(import_history(store, git_repository(script.path()), {.in_flight_max = 7}).changes, 500U);
    EXPECT_EQ(compare_all_commits(store, git_repository(script.path())), 1U);
}

TEST_F(git_importer, a_rewritten_history_is_refused_with_the_fork_point) {
    script.commit({file("a")}, noon);
    const auto kept = script.commit({file("b")}, noon);
    script.commit({file("c")}, noon);
    script.write();
    const auto fork_point = script.history()[1];
    import();
    const auto heads = store.heads();
    script.commit({file("other")}, noon, {kept});
    script.commit({file("c")}, noon);
    script.write();
    try {
        import();
        FAIL() << "the third commit is not in the history any more";
    } catch (const history_rewritten& rewritten) {
        EXPECT_EQ(rewritten.fork_point(), fork_point);
        EXPECT_NE(std::string(rewritten.what()).find(fork_point), std::string::npos);
    }
    EXPECT_EQ(store.heads(), heads);
}

TEST_F(git_importer, a_history_set_back_is_refused_with_the_fork_point) {
    const auto kept = script.commit({file("a")}, noon);
    script.commit({file("b")}, noon);
    script.write();
    import();
    script.reset_to(kept);
    try {
        import();
        FAIL() << "the second commit is not in the history any more";
    } catch (const history_rewritten& rewritten) {
        EXPECT_EQ(rewritten.fork_point(), script.history().back());
    }
}

TEST_F(git_importer, a_history_with_nothing_in_common_is_refused_without_a_fork_point) {
    script.commit({file("a")}, noon);
    script.write();
    import();
    script.commit({file("b")}, noon, {});
    script.write();
    EXPECT_THROW(import(), history_rewritten);
}

TEST_F(git_importer, a_merge_that_swaps_its_parents_rewrites_the_first_parent_history) {
    const auto root = script.commit({file("a")}, noon);
    const auto mine = script.commit({file("mine")}, noon);
    script.write();
    import();
    const auto theirs = script.commit({file("theirs")}, noon, {root});
    script.commit({file("mine")}, noon, {theirs, mine});  // an ancestor still, but not a first parent
    script.write();
    EXPECT_THROW(import(), history_rewritten);
}

TEST_F(git_importer, a_change_says_who_made_it_and_when_it_occurred) {
    script.commit({file("a")}, noon);
    script.write();
    import();
    const auto events = store.read_stream(leftfold::stream_id("path", "a"));
    ASSERT_EQ(events.size(), 1U);
    const auto& event = events.front();
    const auto sha = script.history().front();
    EXPECT_EQ(event.type, "git.added");
    EXPECT_EQ(event.id, leftfold::derive_event_id(sha + '\0' + "a"));
    EXPECT_EQ(event.metadata.find("git-commit"), sha);
    EXPECT_EQ(event.metadata.find("git-author"), "Ann Author <ann@example.org>");
    EXPECT_EQ(event.metadata.find("git-author-date"), std::to_string(noon - 60));
    EXPECT_EQ(event.metadata.find("git-committer-date"), std::to_string(noon));
    EXPECT_EQ(event.occurred, leftfold::occurred_at::from_micros(noon * 1'000'000));
    EXPECT_EQ(event.payload, R"({"now":{"mode":"100644","blob":"d95f3ad14dee633a758d2e331151e950dd13e4ed"}})");
}

TEST_F(git_importer, commits_are_found_by_id_by_its_beginning_and_by_time) {
    script_oddities(script);
    import();
    const commit_log log(store);
    const auto history = script.history();
    EXPECT_EQ(log.find(history[3])->sha, history[3]);
    EXPECT_EQ(log.find(history[3].substr(0, 12))->sha, history[3]);
    EXPECT_EQ(log.find(std::string(40, '0')), std::nullopt);
    EXPECT_THROW(log.find("abc"), std::invalid_argument);
    // As git does it where dates run backwards: the last one of the history that is dated so early.
    for (std::int64_t at = noon - 6 * day; at <= noon + 10 * day; at += day / 2) {
        const auto when = leftfold::instant{std::chrono::seconds{at}};
        auto oracle = run_git(script.path(),
                              {"rev-list", "-1", "--first-parent", "--before=" + leftfold::to_rfc3339(when), "HEAD"});
        const auto found = log.at(when);
        EXPECT_EQ(found ? found->sha + "\n" : "", oracle) << leftfold::to_rfc3339(when);
    }
}

TEST_F(git_importer, blame_lists_the_versions_of_a_path) {
    script.commit({file("a b", "1"), file("caf\xe9")}, noon);
    script.commit({script_file("a b")}, noon + day);
    script.commit({soft_link("a b")}, noon + 2 * day);
    script.commit({gone("a b")}, noon + 3 * day);
    script.write();
    import();
    const auto history = script.history();
    const std::string by = " Ann Author <ann@example.org>\n";
    EXPECT_EQ(blame(store, "a b"),
              "   1 " + history[0] + " 2026-01-15T12:00:00Z added        100644 " +
                  "56a6051ca2b02b04ef92d5150c9ef600403cb1de" + by +  //
                  "   2 " + history[1] + " 2026-01-16T12:00:00Z changed      100755 " +
                  "1a2485251c33a70432394c93fb89330ef214bfc9" + by +  //
                  "   3 " + history[2] + " 2026-01-17T12:00:00Z type_changed 120000 " +
                  "1de565933b05f74c75ff9a6520af5f9f8a5a2f1d" + by +  //
                  "   4 " + history[3] + " 2026-01-18T12:00:00Z deleted      000000 " + std::string(40, '0') + by);
    EXPECT_EQ(blame(store, "\"caf\\351\""), blame(store, "caf\xe9"));
    EXPECT_NE(blame(store, "caf\xe9"), "");
    EXPECT_EQ(blame(store, "never there"), "");
}

}  // namespace importer_test
