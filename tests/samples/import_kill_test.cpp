// Imports in a process of their own, killed by SIGKILL in the middle of their work.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
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

namespace import_kill_test {

using namespace git_history;

/// Kills its own process in the group commit that stores its n-th append: it is durable, and nobody was told.
class killer : public leftfold::observer {
public:
    explicit killer(std::size_t at) : left_(at) {}
    void on_group_commit(const group_commit& done) override {
        left_ -= std::min(left_, done.appends);
        if (left_ == 0) ::kill(::getpid(), SIGKILL);
    }

private:
    std::size_t left_;  // a partition commits one group at a time, and the store here has one
};

/// How the process of an import lives and dies.
struct life {
    std::size_t killed_at;  ///< the append, counted from one
    std::size_t in_flight_max;
};

leftfold::event_store open_for_import(const std::filesystem::path& path,
                                      std::shared_ptr<leftfold::observer> told = {}) {
    return leftfold::open_sqlite(path, {.partitions = 1, .store = {.world = {.observer = std::move(told)}}});
}

/// Imports in a child process that is killed at its n-th append. Returns whether the import came to its end.
bool import_until_killed(const std::filesystem::path& store_path, const std::filesystem::path& repository, life how) {
    const auto child = ::fork();
    if (child == 0) {
        int status = 1;
        try {
            auto store = open_for_import(store_path, std::make_shared<killer>(how.killed_at));
            import_history(store, git_repository(repository), {.in_flight_max = how.in_flight_max});
            status = 0;
        } catch (const std::exception& failed) {
            std::cerr << failed.what() << '\n';
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

struct survived {
    std::size_t kills = 0;
    std::size_t appends = 0;
};

/// Imports the script's history, killed at every tenth append, and expects what an import that was left alone leaves.
survived import_through_kills(const scratch_directory& scratch, const scripted_repository& script,
                              std::size_t in_flight_max) {
    survived count;
    const auto store_path = scratch / ("killed-" + std::to_string(in_flight_max));
    while (!import_until_killed(store_path, script.path(), {.killed_at = 10, .in_flight_max = in_flight_max})) {
        if (++count.kills == 1'000) {
            ADD_FAILURE() << "an import makes no progress";
            return count;
        }
    }
    auto killed = open_for_import(store_path);
    auto whole = open_for_import(scratch / ("whole-" + std::to_string(in_flight_max)));
    const git_repository repository(script.path());
    import_history(whole, repository);
    const auto expected = contents(whole);
    EXPECT_EQ(contents(killed), expected);
    EXPECT_EQ(import_history(killed, repository).commits, 0U);
    aggregate_trees trees(killed);
    commit_log(killed).visit([&](const commit_imported& commit) {
        EXPECT_EQ(list_tree(trees.tree_of(commit)), repository.ls_tree(commit.sha)) << commit.sha;
        return true;
    });
    count.appends = expected.size();
    return count;
}

TEST(git_import, killed_at_every_tenth_append_ends_the_same) {
    const scratch_directory scratch;
    scripted_repository script(scratch / "repository.git");
    script_random_history(script, 60, seed_of_this_run());
    // One change at a time. A commit_imported may share its group commit with the change after it: then a life ends at
    // its eleventh append.
    const auto one_by_one = import_through_kills(scratch, script, 1);
    EXPECT_GE(one_by_one.appends, 150U);
    EXPECT_GE(one_by_one.kills, one_by_one.appends / 11);
    EXPECT_LE(one_by_one.kills, one_by_one.appends / 10);
    // Many at a time share commits, of which a kill leaves whole ones.
    const auto together = import_through_kills(scratch, script, import_options{}.in_flight_max);
    EXPECT_GE(together.kills, 5U);
    std::cout << "import_kill: " << one_by_one.kills << " kills at every tenth of " << one_by_one.appends
              << " appends, " << together.kills << " in commits of many, all ended the same\n";
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
    EXPECT_FALSE(import_until_killed(scratch / "store", script.path(), {.killed_at = 45, .in_flight_max = 1}));

    script.commit({gone("file-3"), file("file-4", "instead"), file("new")}, 1'700'000'002, {root});
    script.write();
    auto store = open_for_import(scratch / "store");
    const git_repository repository(script.path());
    import_history(store, repository);
    aggregate_trees trees(store);
    EXPECT_EQ(commit_log(store).size(), 2U);
    commit_log(store).visit([&](const commit_imported& commit) {
        EXPECT_EQ(list_tree(trees.tree_of(commit)), repository.ls_tree(commit.sha)) << commit.sha;
        return true;
    });
}

}  // namespace import_kill_test
