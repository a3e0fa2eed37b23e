#include "git_history/tree_listing.hpp"

#include <algorithm>
#include <string_view>

#include "git_history/quoting.hpp"

namespace git_history {

std::string list_tree(std::vector<tree_entry> entries) {
    // git orders the entries of one tree as if a directory's name ended with '/', so that whole paths come in the order
    // of their bytes, unsigned: which is how std::string compares.
    std::ranges::sort(entries, {}, &tree_entry::path);
    std::string text;
    for (const auto& entry : entries) {
        const std::string_view type = entry.mode == "160000" ? "commit" : "blob";
        text.append(entry.mode).append(" ").append(type).append(" ").append(entry.blob).append("\t");
        text.append(quote_path(entry.path)).append("\n");
    }
    return text;
}

}  // namespace git_history
