#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "git_history/git_repository.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// The repository's first-parent history is not a continuation of what the store has imported.
class history_rewritten : public std::runtime_error {
public:
    /// `fork_point`: the last commit that both have, when there is one.
    explicit history_rewritten(std::optional<std::string> fork_point);

    const std::optional<std::string>& fork_point() const { return fork_point_; }

private:
    std::optional<std::string> fork_point_;
};

struct import_options {
    /// Told after each commit how many are done, of how many.
    std::function<void(std::size_t, std::size_t)> on_progress{};
    /// How many appends may wait for the store at a time.
    std::size_t in_flight_max = 1'024;
};

struct import_report {
    std::size_t commits = 0;         ///< imported now
    std::size_t commits_before = 0;  ///< found in the store
    std::size_t changes = 0;         ///< of the commits imported now
};

/// Imports what HEAD's first-parent history has and the store has not, oldest commit first: an event for each path that
/// a commit changed, and when all of them are durable, a commit_imported.
///
/// It may be killed at any moment and run again: it goes on after the last commit_imported. The ids of events are
/// derived from commit and path, so that what was stored of the next commit is found, not stored again; and what was
/// stored of a commit that the history has no more is taken back.
///
/// Throws history_rewritten (and appends nothing) when the imported commits are not the beginning of the history;
/// git_failed and leftfold::error as they come.
import_report import_history(leftfold::event_store& store, const git_repository& repository,
                             const import_options& options = {});

}  // namespace git_history
