#pragma once

#include <string>

#include "git_history/events.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// Returns what `git diff-tree -r --raw` prints for two imported commits, whichever is the older: a line for each path
/// that is not the same in both, in git's order, odd names quoted. Submodules are always told, whatever `.gitmodules`
/// says of them, as with `--ignore-submodules=none`.
///
/// Reads the envelopes of what was recorded between the two, and loads each path that occurs there as of both: costs
/// what changed, and not what there is.
std::string diff_trees(leftfold::event_store& store, const commit_imported& from, const commit_imported& to);

}  // namespace git_history
