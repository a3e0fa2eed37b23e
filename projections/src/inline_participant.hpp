#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inline_partition.hpp"
#include "leftfold/projections/fold_inline.hpp"
#include "leftfold/storage/commit_participant.hpp"

namespace leftfold::inline v0::detail {

/// An inline projection as a store sees it: in each partition it folds the events of an append, or refuses it.
class inline_participant final : public late_participant {
public:
    /// Holds on to nothing of the store: the store holds on to it. `store` is read from while it joins.
    inline_participant(event_store& store, const inline_fold::maker& make, inline_options options);

    std::string_view name() const override { return name_; }
    bool catch_up(partition_id partition, commit_transaction& in) override;
    std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction& in) override;

private:
    event_store* store_;
    inline_options options_;
    std::string name_;
    std::vector<std::unique_ptr<inline_partition>> partitions_;
};

}  // namespace leftfold::inline v0::detail
