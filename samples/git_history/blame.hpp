#pragma once

#include <string>
#include <string_view>

#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// Returns a path's versions, oldest first, a line each: number, commit, the committer's date, what happened, mode and
/// blob after it, author. Empty when the path was never there. Changes of commits that are not imported do not count.
///
/// The path is given as git prints it, in quotes when it is odd, or in its own bytes.
std::string blame(leftfold::event_store& store, std::string_view path);

}  // namespace git_history
