#include "fold_place.hpp"

#include <span>

namespace leftfold::inline v0::detail {

void fold_place::start(const start_place& at) {
    at_ = at.after;
    chains_at_ = cut(at_.partitions());
    chains_.assign(at_.partitions(), chain_hash{});
    through_ = at.through;
}

void fold_place::resume(const stored_model& from) {
    at_ = from.at.consumed;
    chains_at_ = at_;
    chains_ = from.at.chains;
    through_ = from.through;
}

void fold_place::passed(position where, const chain_hash& chain) {
    at_.set(where.partition, where.at);
    chains_at_.set(where.partition, where.at);
    chains_[where.partition.value()] = chain;
}

void fold_place::passed(const event_view& event) {
    passed(event.position(), event.integrity.chain);
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
