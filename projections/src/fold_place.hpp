#pragma once

#include <string>
#include <vector>

#include "leftfold/storage/event_store.hpp"
#include "model_database.hpp"
#include "start_place.hpp"

namespace leftfold::inline v0::detail {

/// Where a fold is: the cut that it has folded, the chain hash of each partition there, and the time up to which
/// nothing is missing. Kept in memory event by event, and made into a checkpoint for each flush.
class fold_place {
public:
    /// Stands before the first event that is to be folded.
    void start(const start_place& at);
    /// Stands where a checkpoint says.
    void resume(const stored_model& from);

    /// The event is folded.
    void passed(const event_view& event);
    /// The event is folded, and all before it in its partition.
    void passed(position where, const chain_hash& chain);
    /// Everything up to `where` is folded, events that do not concern the projection included.
    void reached(cut where) { at_ = std::move(where); }
    /// Nothing recorded at or before `when` is missing.
    void complete(recorded_at when) { through_ = std::max(through_, when); }

    const cut& at() const { return at_; }
    recorded_at through() const { return through_; }

    /// Returns the checkpoint of this place for a model of that shape. Reads the chain of partitions where events were
    /// passed over unread.
    stored_model checkpoint(event_store& store, const std::string& shape);

private:
    cut at_;
    std::vector<chain_hash> chains_;
    cut chains_at_;  // where chains_ are: behind at_ after events that were not read
    recorded_at through_ = recorded_at::min();
};

}  // namespace leftfold::inline v0::detail
