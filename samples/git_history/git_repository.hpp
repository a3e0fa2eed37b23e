#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "git_history/git_process.hpp"

namespace git_history {

/// Asks a git repository the few questions that the sample has. Bare repositories and work trees are the same to it.
class git_repository {
public:
    /// Throws git_failed when there is no repository at `path`.
    explicit git_repository(std::filesystem::path path);

    const std::filesystem::path& path() const { return path_; }

    /// Returns the commit that HEAD names, or nothing when the branch has none yet.
    std::optional<std::string> head() const;

    /// Returns how many commits the first-parent history of `commit` has, itself included.
    std::size_t history_length(const std::string& commit) const;

    /// Starts to list the first-parent history of `commit`, oldest first: one commit id a line.
    git_output history(const std::string& commit) const;

    /// Returns what `git ls-tree -r` prints for the commit's whole tree.
    std::string ls_tree(const std::string& commit) const;

private:
    std::filesystem::path path_;
};

}  // namespace git_history
