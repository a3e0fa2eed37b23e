#include "git_history/model_trees.hpp"

#include <algorithm>
#include <span>

#include "git_history/path_key.hpp"

namespace git_history {

namespace {

/// When the last change of a cut was recorded. Nothing of a later commit was sent before a commit's changes were all
/// stored, so every change up to then, and no other, belongs to it.
leftfold::recorded_at time_of(leftfold::event_store& store, const leftfold::cut& where) {
    auto latest = leftfold::recorded_at::from_micros(0);
    for (leftfold::partition_id partition; partition.value() < where.partitions(); partition = partition.next()) {
        const auto last = where.at(partition);
        if (last == leftfold::offset{}) continue;
        store.read_at(partition, std::span(&last, 1), leftfold::payloads::skip, [&](const leftfold::event_view& event) {
            latest = std::max(latest, event.recorded);
            return true;
        });
    }
    return latest;
}

}  // namespace

model_trees::model_trees(leftfold::event_store& store, const std::filesystem::path& database)
    : store_(store), engine_(store), read_(engine_.add<files>({.database = database})) {
    engine_.catch_up();
}

std::vector<tree_entry> model_trees::tree_of(const commit_imported& commit) {
    std::vector<tree_entry> entries;
    const auto then = time_of(store_, leftfold::parse_cut(commit.cut));
    read_.rows.as_of(then).for_each([&](const file_row& row) {
        entries.push_back({path_of(row.key, row.path), row.mode, row.blob});
    });
    return entries;
}

}  // namespace git_history
