#include "leftfold/projections/row_lanes.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/partitioner.hpp"

namespace leftfold::inline v0::detail {

void row_lanes::check(std::string_view table, std::string_view key) const {
    if (partitions_ == 0) return;
    const auto owner = partition_for(routing_key(key), partitions_);
    if (owner == event_.partition) return;
    throw error(errc::different_partitions,
                fmt::format("touching row {} of table {} for event {}: the row belongs to partition {}, by the routing "
                            "key of its own key, and the event to partition {}",
                            key, table, to_string(event_), owner.value(), event_.partition.value()));
}

}  // namespace leftfold::inline v0::detail
