#include "git_history/tree_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "git_history/path_key.hpp"
#include "git_history/quoting.hpp"
#include "git_history/tracked_path.hpp"
#include "leftfold/framework/repository.hpp"

namespace git_history {

namespace {

/// The keys of the paths that have an event in one cut and not in the other. Of two imported commits, one's cut is a
/// part of the other's.
std::set<std::string> touched_between(leftfold::event_store& store, const leftfold::cut& one,
                                      const leftfold::cut& other) {
    leftfold::event_filter paths;
    paths.categories = {std::string(tracked_path::category)};
    std::set<std::string> keys;
    for (leftfold::partition_id partition; partition.value() < store.partitions(); partition = partition.next()) {
        leftfold::offset next = std::min(one.at(partition), other.at(partition));
        const leftfold::offset up_to = std::max(one.at(partition), other.at(partition));
        while (next < up_to) {
            const auto page = store.read_partition(partition, next, {.up_to = up_to}, paths, leftfold::payloads::skip,
                                                   [&](const leftfold::event_view& event) {
                                                       keys.emplace(event.key);
                                                       return true;
                                                   });
            next = page.at_end ? up_to : page.scanned_to;
        }
    }
    return keys;
}

/// How git names the change: a file that came, went, became another kind of thing, or another of its kind.
char letter_of(const std::optional<file_state>& was, const std::optional<file_state>& now) {
    if (!was) return 'A';
    if (!now) return 'D';
    return was->mode.substr(0, 3) == now->mode.substr(0, 3) ? 'M' : 'T';
}

std::string line_of(const std::string& path, const std::optional<file_state>& was,
                    const std::optional<file_state>& now) {
    const std::string nothing((was ? was : now)->blob.size(), '0');
    return fmt::format(":{} {} {} {} {}\t{}\n", was ? was->mode : "000000", now ? now->mode : "000000",
                       was ? was->blob : nothing, now ? now->blob : nothing, letter_of(was, now), quote_path(path));
}

}  // namespace

std::string diff_trees(leftfold::event_store& store, const commit_imported& from, const commit_imported& to) {
    const auto before = leftfold::parse_cut(from.cut);
    const auto after = leftfold::parse_cut(to.cut);
    leftfold::repository<tracked_path> paths(store);
    std::map<std::string, std::string> lines;  // in the order of the paths' bytes, which is git's
    for (const auto& key : touched_between(store, before, after)) {
        const auto then = paths.at(key, before);
        const auto later = paths.at(key, after);
        const auto was = then ? then->file() : std::nullopt;
        const auto now = later ? later->file() : std::nullopt;
        if (was == now) continue;
        const auto path = path_of(key, (then ? then : later)->quoted_path());
        lines.emplace(path, line_of(path, was, now));
    }
    std::string text;
    for (const auto& [path, line] : lines) text += line;
    return text;
}

}  // namespace git_history
