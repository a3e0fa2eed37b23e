#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "git_history/events.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// How a turning point was looked for (semantics 32).
enum class search_method {
    bisect,       ///< halving: finds one commit at which it turns, in log2(n) looks; wants it to hold in the end
    first_where,  ///< reading the path's versions from its first on: finds the first such commit
};

struct turning_point {
    commit_imported commit;
    search_method method = search_method::bisect;
    std::size_t looks = 0;  ///< how many states of the path were looked at
};

/// Returns an imported commit at which the path turned to that blob, whose id may be given by its beginning: it has the
/// blob there, and not in the commit before. Bisects when the path has the blob in the newest commit; else, or when
/// first_where is asked for, finds the first one. Nothing when the path never had it.
///
/// Throws std::invalid_argument for a beginning of fewer than four digits. The path is given as for blame.
std::optional<turning_point> find_turning_point(leftfold::event_store& store, std::string_view path,
                                                std::string_view blob, search_method wanted = search_method::bisect);

}  // namespace git_history
