// Imports in a process of their own, killed by SIGKILL in the middle of their work.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "git_history/aggregate_trees.hpp"
#include "git_history/commit_log.hpp"
#include "git_history/importer.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "samples/random_history.hpp"
#include "samples/scratch.hpp"
#include "samples/scripted_repository.hpp"

using namespace git_history;

namespace {

/// Kills its own process in the group commit that stores its n-th event.
class killer : public leftfold::observer {
public:
    explicit killer(int at) : left_(at) {}
    void on_group_commit(const group_commit& done) override {
        if ((left_ -= static_cast<int>(done.events)) <= 0) ::kill(::getpid(), SIGKILL);
    }

private:
    std::atomic<int> left_;
};

/// Imports in a child process that is killed at its n-th event. Returns whether the import came to its end.
bool import_until_killed(const std::filesystem::path& store_path, const std::filesystem::path& repository, int at) {
    const auto child = ::fork();
    if (child == 0) {
        int status = 1;
        try {
            leftfold::sqlite_options options;
            options.store.world.observer = std::make_shared<killer>(at);
            auto store = leftfold::open_sqlite(store_path, options);
            import_history(store, git_repository(repository));
            status = 0;
        } catch (const std::exception& failed) {
            ADD_FAILURE() << failed.what();
        }
        ::_exit(status);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE((WIFEXITED(status) && WEXITSTATUS(status) == 0) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
        << status;
    return WIFEXITED(status);
}

/// Everything of a store but the times at which it was recorded.
std::vector<std::string> contents(leftfold::event_store& store) {
    std::vector<std::string> lines;
    for (leftfold::partition_id partition; partition.value() < store.partitions(); partition = partition.next()) {
        leftfold::page_end page;
        while (!page.at_end) {
            page = store.read_partition(
                partition, page.scanned_to, {}, {}, leftfold::payloads::read, [&](const leftfold::event_view& event) {
                    lines.push_back(to_string(event.position()) + " " + std::string(event.category) + "-" +
                                    std::string(event.key) + " " + std::to_string(event.version.value()) + " " +
                                    std::string(event.type) + " " + to_string(event.id) + " " +
                                    std::string(event.payload));
                    return true;
                });
        }
    }
    return lines;
}

}  // namespace

TEST(git_import, killed_at_every_tenth_append_ends_the_same) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "repository.git");
    script_random_history(script, 60, seed_of_this_run());

    int kills = 0;
    while (!import_until_killed(scratch / "killed", script.path(), 10)) {
        ++kills;
        ASSERT_LT(kills, 1'000) << "an import makes no progress";
    }
    EXPECT_GE(kills, 5);

    auto killed = leftfold::open_sqlite(scratch / "killed");
    auto whole = leftfold::open_sqlite(scratch / "whole");
    const git_repository repository(script.path());
    import_history(whole, repository);
    EXPECT_EQ(contents(killed), contents(whole));
    EXPECT_EQ(import_history(killed, repository).commits, 0U);
    aggregate_trees trees(killed);
    commit_log(killed).visit([&](const commit_imported& commit) {
        EXPECT_EQ(list_tree(trees.tree_of(commit)), repository.ls_tree(commit.sha)) << commit.sha;
        return true;
    });
    RecordProperty("kills", kills);
}

TEST(git_import, killed_before_the_history_is_rewritten_still_gives_gits_trees) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "repository.git");
    std::vector<file_edit> edits;
    for (int i = 0; i < 30; ++i) edits.push_back(file("file-" + std::to_string(i)));
    const auto root = script.commit(edits, 1'700'000'000);
    for (auto& edit : edits) edit.data = "rewritten";
    script.commit(edits, 1'700'000'001);
    script.write();
    EXPECT_FALSE(import_until_killed(scratch / "store", script.path(), 45));

    script.commit({gone("file-3"), file("file-4", "instead"), file("new")}, 1'700'000'002, {root});
    script.write();
    auto store = leftfold::open_sqlite(scratch / "store");
    const git_repository repository(script.path());
    import_history(store, repository);
    aggregate_trees trees(store);
    EXPECT_EQ(commit_log(store).size(), 2U);
    commit_log(store).visit([&](const commit_imported& commit) {
        EXPECT_EQ(list_tree(trees.tree_of(commit)), repository.ls_tree(commit.sha)) << commit.sha;
        return true;
    });
}
