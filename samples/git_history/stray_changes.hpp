#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "git_history/append_window.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

// An import that was killed may leave changes of commits that are not imported. When the history still has the commit,
// they are found by their ids and stay. When it was rewritten before the import went on, they are stray: they tell of
// something that never came to be. Events are not removed; what they did is taken back by further events.

/// Returns the commits that have changes after `imported`, the cut of the last imported commit.
std::set<std::string> commits_after(leftfold::event_store& store, const leftfold::cut& imported);

/// Appends, for each path that a stray commit changed, the event that brings it back to what it was without those
/// commits. Done again it appends nothing.
void take_back(leftfold::event_store& store, const leftfold::cut& imported, const std::set<std::string>& stray,
               append_window& changes);

}  // namespace git_history
