#pragma once

#include <string>
#include <vector>

#include "git_history/tracked_path.hpp"
#include "git_history/tree_source.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// Answers from the aggregates: each path is loaded as it was at the commit's cut.
class aggregate_trees : public tree_source {
public:
    /// Reads which paths there have ever been: one scan of the store's envelopes.
    explicit aggregate_trees(leftfold::event_store& store);

    std::string_view name() const override { return "aggregates"; }
    /// Costs one load for each path that was ever there until then.
    std::vector<tree_entry> tree_of(const commit_imported& commit) override;

private:
    struct known_path {
        std::string key;
        leftfold::position first;  ///< of its first event: before it there is nothing to load
    };

    leftfold::repository<tracked_path> paths_;
    std::vector<known_path> known_;
};

}  // namespace git_history
