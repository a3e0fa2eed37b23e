#pragma once

#include <optional>
#include <string>

#include "git_history/events.hpp"
#include "git_history/history_reader.hpp"
#include "git_history/path_key.hpp"
#include "leftfold/storage/event.hpp"

namespace git_history {

/// Makes the event of a change: what a path was before and what it is now, where nothing means that it is not there.
/// At least one of the two must be there. The event has type and payload only.
leftfold::event_data make_change(const path_name& name, const std::optional<file_state>& was,
                                 const std::optional<file_state>& now);

/// Makes the event of what a commit did to a path, with its headers, its time and an id derived from commit and path.
leftfold::event_data make_change(const commit_info& commit, const path_change& change, const path_name& name);

/// Returns what a path is after a change of it, which does not depend on what it was before; nothing when it is
/// deleted.
std::optional<file_state> state_after(const leftfold::event_view& change);

/// Makes the event that says that a commit is imported.
leftfold::event_data make_commit_imported(const commit_info& commit, const leftfold::cut& where);

/// Returns when a commit was committed; the last second of the year 9999 for a date beyond it.
std::chrono::sys_seconds date_of(const commit_info& commit);

}  // namespace git_history
