#include "git_history/aggregate_trees.hpp"

#include "git_history/path_key.hpp"

namespace git_history {

aggregate_trees::aggregate_trees(leftfold::event_store& store) : paths_(store) {
    leftfold::event_filter additions;
    additions.categories = {std::string(tracked_path::category)};
    additions.types = {std::string(added::event_type)};
    for (leftfold::partition_id partition; partition.value() < store.partitions(); partition = partition.next()) {
        leftfold::page_end page;
        while (!page.at_end) {
            page = store.read_partition(partition, page.scanned_to, {}, additions, leftfold::payloads::skip,
                                        [&](const leftfold::event_view& event) {
                                            if (event.version == leftfold::version{1}) {
                                                known_.push_back({std::string(event.key), event.position()});
                                            }
                                            return true;
                                        });
        }
    }
}

std::vector<tree_entry> aggregate_trees::tree_of(const commit_imported& commit) {
    const auto where = leftfold::parse_cut(commit.cut);
    std::vector<tree_entry> entries;
    for (const auto& [key, first] : known_) {
        if (!where.covers(first)) continue;
        const auto path = paths_.at(key, where);
        if (!path || !path->file()) continue;
        entries.push_back({path_of(key, path->quoted_path()), path->file()->mode, path->file()->blob});
    }
    return entries;
}

}  // namespace git_history
