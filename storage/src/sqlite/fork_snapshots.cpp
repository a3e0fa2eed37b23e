#include "sqlite/fork_snapshots.hpp"

#include <algorithm>
#include <iterator>

#include "leftfold/storage/partitioner.hpp"

namespace leftfold::inline v0::sqlite {

/// Of one partition, what was recorded at or before the head at the cut stands at or below the cut.
std::optional<snapshot> fork_snapshots::borrow(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                               recorded_at not_after) {
    const std::lock_guard lock(mutex_);
    const auto known = loans_.find(stream);
    if (known == loans_.end() && loans_.size() >= borrowers_max) return std::nullopt;
    const auto partition = partition_for(routing_key(stream.key()), store_.partitions);
    not_after = std::min(not_after, fork_->heads[partition.value()].recorded);
    auto found = parent_->find(stream, fingerprint, at_most, not_after);
    while (found && known != loans_.end() && known->second.dropped.contains(found->version))
        found = parent_->find(stream, fingerprint, found->version.plus(-1), not_after);
    if (!found || found->store != parent_now_.id || found->epoch != parent_now_.epoch) return std::nullopt;
    loans_[stream].lent.insert(found->version);
    found->store = store_.id;
    found->epoch = store_.epoch;
    return found;
}

std::optional<snapshot> fork_snapshots::find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                             recorded_at not_after) {
    auto own = own_->find(stream, fingerprint, at_most, not_after);
    auto borrowed = borrow(stream, fingerprint, at_most, not_after);
    const bool is_newer = borrowed && (!own || borrowed->version > own->version);
    return is_newer ? std::move(borrowed) : std::move(own);
}

std::size_t fork_snapshots::drop(const stream_id& stream, version from, version to) {
    std::size_t hidden = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto known = loans_.find(stream);
        if (known != loans_.end() && from <= to) {
            auto& [lent, dropped] = known->second;
            const auto first = lent.lower_bound(from);
            const auto last = lent.upper_bound(to);
            hidden = static_cast<std::size_t>(std::distance(first, last));
            dropped.insert(first, last);
            lent.erase(first, last);
        }
    }
    return hidden + own_->drop(stream, from, to);
}

}  // namespace leftfold::inline v0::sqlite
