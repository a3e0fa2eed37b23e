#include "git_history/importer.hpp"

#include <set>
#include <utility>

#include "git_history/append_window.hpp"
#include "git_history/change_events.hpp"
#include "git_history/commit_log.hpp"
#include "git_history/history_reader.hpp"
#include "git_history/stray_changes.hpp"
#include "git_history/tracked_path.hpp"

namespace git_history {

namespace {

std::string say_rewritten(const std::optional<std::string>& fork_point) {
    if (!fork_point) return "the history was rewritten: it has no commit in common with what was imported";
    return "the history was rewritten: it leaves what was imported after commit " + *fork_point;
}

/// Compares the imported commits with the repository's history, and returns how many the history has beyond them. Takes
/// those out of `unfinished`.
std::size_t count_new_commits(const commit_log& imported, const git_repository& repository, const std::string& head,
                              std::set<std::string>& unfinished) {
    auto history = repository.history(head);
    std::optional<std::string> common;
    bool same = true;
    imported.visit([&](const commit_imported& commit) {
        const auto sha = history.next('\n');
        same = sha && *sha == commit.sha;
        if (same) common = commit.sha;
        return same;
    });
    if (!same) throw history_rewritten(common);
    std::size_t count = 0;
    while (const auto sha = history.next('\n')) {
        ++count;
        if (!unfinished.empty()) unfinished.erase(std::string(*sha));
    }
    return count;
}

/// Appends the changes of one commit after the other, each time followed by a commit_imported.
class import_run {
public:
    import_run(leftfold::event_store& store, leftfold::cut imported, std::uint64_t commits, std::size_t in_flight_max)
        : changes_(store, std::move(imported), in_flight_max),
          commits_(store, leftfold::cut(store.partitions()), in_flight_max),
          commits_appended_(static_cast<std::int64_t>(commits)) {}

    append_window& changes() { return changes_; }

    /// Returns how many changes the commit has.
    std::size_t import_commit(const commit_info& commit, history_reader& reader) {
        std::size_t count = 0;
        for (; auto change = reader.next_change(); ++count) {
            const auto name = name_path(change->path);
            changes_.append(leftfold::stream_id(std::string(tracked_path::category), name.key),
                            leftfold::expected_version::any(), make_change(commit, *change, name));
        }
        // All that the commit did is durable, and nothing of a later commit is sent yet, so this cut is its tree. The
        // commit_imported itself need not be waited for: it may become durable together with the next commit's changes.
        changes_.drain();
        commits_.append(commit_log::stream(), leftfold::expected_version::exactly(commits_appended_),
                        make_commit_imported(commit, changes_.covered()));
        commits_appended_ = commits_appended_.next();
        return count;
    }

    void finish() { commits_.drain(); }

private:
    append_window changes_;
    append_window commits_;
    leftfold::version commits_appended_;
};

}  // namespace

history_rewritten::history_rewritten(std::optional<std::string> fork_point)
    : std::runtime_error(say_rewritten(fork_point)), fork_point_(std::move(fork_point)) {}

import_report import_history(leftfold::event_store& store, const git_repository& repository,
                             const import_options& options) {
    const commit_log imported(store);
    const auto last = imported.last();
    import_report report{.commits_before = imported.size()};
    const auto head = repository.head();
    if (!head) {
        if (last) throw history_rewritten(std::nullopt);
        return report;
    }
    const auto where = last ? leftfold::parse_cut(last->cut) : leftfold::cut(store.partitions());
    auto unfinished = commits_after(store, where);
    const auto to_import = count_new_commits(imported, repository, *head, unfinished);
    if (to_import == 0) return report;

    import_run run(store, where, report.commits_before, options.in_flight_max);
    if (!unfinished.empty()) take_back(store, where, unfinished, run.changes());
    history_reader reader(repository, *head, to_import);
    while (const auto commit = reader.next_commit()) {
        report.changes += run.import_commit(*commit, reader);
        ++report.commits;
        if (options.on_progress) options.on_progress(report.commits, to_import);
    }
    run.finish();
    return report;
}

}  // namespace git_history
