#include "git_history/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string_view>

#include "git_history/commit_log.hpp"
#include "git_history/tree_listing.hpp"

namespace git_history {

namespace {

/// The line of `text` in which position `at` lies.
std::string_view line_around(std::string_view text, std::size_t at) {
    if (at >= text.size()) return "(the end)";
    const auto before = text.substr(0, at).rfind('\n');
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    return text.substr(begin, text.find('\n', at) - begin);
}

std::string describe_difference(std::string_view source, std::string_view sha, std::string_view ours,
                                std::string_view gits) {
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(ours, gits).in1 - ours.begin());
    return fmt::format("{} at {}: '{}', where git has '{}'", source, sha, line_around(ours, at), line_around(gits, at));
}

}  // namespace

std::vector<std::uint64_t> pick_places(std::uint64_t size, std::size_t count, std::uint64_t seed) {
    // Selection sampling: each place is taken with the probability that is still due. No standard distribution: those
    // may differ from library to library, and a seed must mean the same everywhere.
    std::mt19937_64 random(seed);
    std::vector<std::uint64_t> picked;
    std::uint64_t due = std::min<std::uint64_t>(count, size);
    for (std::uint64_t place = 0; due > 0; ++place) {
        if (random() % (size - place) >= due) continue;
        picked.push_back(place);
        --due;
    }
    return picked;
}

verify_report verify(leftfold::event_store& store, const git_repository& repository,
                     const std::vector<tree_source*>& sources, const verify_options& options) {
    const commit_log imported(store);
    const auto commits = imported.pick(pick_places(imported.size(), options.samples, options.seed));
    verify_report report{.samples = commits.size()};
    for (std::size_t done = 0; const auto& commit : commits) {
        const auto gits = repository.ls_tree(commit.sha);
        bool equal = true;
        for (auto* source : sources) {
            const auto ours = list_tree(source->tree_of(commit));
            if (ours == gits) continue;
            equal = false;
            report.differences.push_back(describe_difference(source->name(), commit.sha, ours, gits));
        }
        if (equal) ++report.equal;
        if (options.on_progress) options.on_progress(++done, commits.size());
    }
    return report;
}

}  // namespace git_history
