#pragma once

#include <string>
#include <vector>

namespace git_history {

/// One file of a tree: a line of `git ls-tree -r`.
struct tree_entry {
    std::string path;  ///< as git keeps it: any bytes
    std::string mode;  ///< `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule)
    std::string blob;  ///< the whole object id; of a submodule, its commit

    friend auto operator<=>(const tree_entry&, const tree_entry&) = default;
};

/// Returns what `git ls-tree -r` prints for a tree of these files: in git's order, odd names quoted.
std::string list_tree(std::vector<tree_entry> entries);

}  // namespace git_history
