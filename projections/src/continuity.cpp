#include "continuity.hpp"

#include <span>

namespace leftfold::inline v0::detail {

std::string why_not_continued(const std::optional<stored_model>& stored, const std::string& shape, event_store& store) {
    if (!stored) return "it is new";
    if (stored->shape != shape) return "its events, rows or revision are not what they were";
    if (stored->at.store != store.id()) return "it was made from another store";
    if (stored->at.epoch != store.epoch()) return "the store was restored since";
    const auto& reached = stored->at.consumed;
    if (reached.partitions() != store.partitions() || stored->at.chains.size() != store.partitions())
        return "its checkpoint has another number of partitions";
    if (!store.heads().covers(reached)) return "it is ahead of the store";
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const auto at = reached.at(partition_id(p));
        if (at == offset{}) continue;
        chain_hash found{};
        store.read_at(partition_id(p), std::span(&at, 1), payloads::skip, [&](const event_view& event) {
            found = event.integrity.chain;
            return true;
        });
        if (found != stored->at.chains[p]) return "the store's history is not the one that it has folded";
    }
    return {};
}

}  // namespace leftfold::inline v0::detail
