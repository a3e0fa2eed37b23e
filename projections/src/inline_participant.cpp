#include "inline_participant.hpp"

#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"
#include "sqlite/open_group.hpp"

namespace leftfold::inline v0::detail {

namespace {

sqlite::connection& database_of(commit_transaction& in) { return dynamic_cast<sqlite::open_group&>(in).database(); }

}  // namespace

inline_participant::inline_participant(event_store& store, const inline_fold::maker& make, inline_options options)
    : store_(&store), options_(std::move(options)), name_(projection_access::type(*make()).name) {
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        partitions_.push_back(std::make_unique<inline_partition>(make(), options_.events, partition_id(p)));
}

bool inline_participant::catch_up(partition_id partition, commit_transaction& in) {
    return partitions_[partition.value()]->catch_up(*store_, database_of(in));
}

std::optional<refusal> inline_participant::prepare(std::span<const event_view> events, commit_transaction& in) {
    try {
        partitions_[events.front().partition.value()]->fold(events, database_of(in));
        return std::nullopt;
    } catch (const error& failed) {
        return refusal{failed.kind(), failed.what()};
    }
}

}  // namespace leftfold::inline v0::detail
