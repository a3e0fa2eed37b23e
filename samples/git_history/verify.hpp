#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "git_history/git_repository.hpp"
#include "git_history/tree_source.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

struct verify_options {
    std::size_t samples = 100;
    std::uint64_t seed = 1;
    /// Told after each sample how many are done, of how many.
    std::function<void(std::size_t, std::size_t)> on_progress{};
};

struct verify_report {
    std::size_t samples = 0;  ///< as asked, or all commits when there are fewer
    std::size_t equal = 0;    ///< of which every source gave the tree that git lists
    /// One line for each listing that differs: which source, which commit, and the first line that differs.
    std::vector<std::string> differences{};
};

/// Picks imported commits by seed, asks every source for their trees, and compares the listings byte for byte with what
/// `git ls-tree -r` prints in the repository. The same seed over the same store picks the same commits.
verify_report verify(leftfold::event_store& store, const git_repository& repository,
                     const std::vector<tree_source*>& sources, const verify_options& options = {});

/// Picks `count` of the numbers below `size`, or all when there are fewer, each with the same probability; ascending.
std::vector<std::uint64_t> pick_places(std::uint64_t size, std::size_t count, std::uint64_t seed);

}  // namespace git_history
