#pragma once

#include <string_view>
#include <vector>

#include "git_history/events.hpp"
#include "git_history/tree_listing.hpp"

namespace git_history {

/// One way to answer what the files of a commit were.
class tree_source {
public:
    virtual ~tree_source() = default;

    /// Returns what it answers from, for people: `aggregates`.
    virtual std::string_view name() const = 0;

    /// Returns the files of the tree of an imported commit, in any order.
    virtual std::vector<tree_entry> tree_of(const commit_imported& commit) = 0;
};

}  // namespace git_history
