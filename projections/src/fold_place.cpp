#include "fold_place.hpp"

#include <span>

namespace leftfold::inline v0::detail {

void fold_place::start(std::uint32_t partitions) {
    at_ = cut(partitions);
    chains_at_ = at_;
    chains_.assign(partitions, chain_hash{});
    through_ = recorded_at::min();
}

void fold_place::resume(const stored_model& from) {
    at_ = from.at.consumed;
    chains_at_ = at_;
    chains_ = from.at.chains;
    through_ = from.through;
}

void fold_place::passed(const event_view& event) {
    at_.set(event.partition, event.at);
    chains_at_.set(event.partition, event.at);
    chains_[event.partition.value()] = event.integrity.chain;
    through_ = event.recorded;
}

stored_model fold_place::checkpoint(event_store& store, const std::string& shape) {
    for (std::uint32_t p = 0; p != at_.partitions(); ++p) {
        const partition_id partition(p);
        const auto at = at_.at(partition);
        if (chains_at_.at(partition) == at) continue;
        store.read_at(partition, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
            chains_[p] = event.integrity.chain;
            return true;
        });
        chains_at_.set(partition, at);
    }
    return {shape, {store.id(), store.epoch(), at_, chains_}, through_};
}

}  // namespace leftfold::inline v0::detail
