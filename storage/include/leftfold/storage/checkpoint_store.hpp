#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/snapshot_store.hpp"

namespace leftfold::inline v0 {

/// How far a consumer has come, kept with what it wrote. It names the history that it consumed, so that a log that was
/// replaced or restored to an earlier state is seen, and never continued on.
struct checkpoint {
    store_id store{};
    store_epoch epoch{};
    cut consumed{};
    /// The chain hash of each partition at the cut.
    std::vector<chain_hash> chains{};

    friend bool operator==(const checkpoint&, const checkpoint&) = default;
};

/// Keeps checkpoints by consumer name. A save is atomic; whether it joins a transaction of the consumer's own is the
/// implementation's business. Safe from any thread.
class checkpoint_store {
public:
    virtual ~checkpoint_store() = default;

    /// Keeps how far the consumer has come, in place of what was kept for it before.
    virtual void save(std::string_view consumer, const checkpoint& reached) = 0;

    /// Returns what was saved last for the consumer, or nothing when nothing was.
    virtual std::optional<checkpoint> load(std::string_view consumer) = 0;

    /// Forgets the consumer. Does nothing for one that is not known.
    virtual void drop(std::string_view consumer) = 0;
};

}  // namespace leftfold::inline v0
