#include "leftfold/storage/memory_store.hpp"

#include "leftfold/storage/error.hpp"
#include "memory_index.hpp"
#include "memory_log.hpp"
#include "memory_stores.hpp"

namespace leftfold::inline v0 {

store_parts make_memory_parts(std::uint32_t partitions, store_id id) {
    if (partitions < 1 || partitions > partitions_max)
        throw error(errc::invalid_argument, "making a store of " + std::to_string(partitions) +
                                                " partitions, where 1 to " + std::to_string(partitions_max) +
                                                " are possible");
    store_parts parts{.id = id, .partitions = partitions};
    parts.log = std::make_unique<memory_log>(partitions);
    parts.index = std::make_unique<memory_index>(*parts.log, partitions);
    parts.bulletin = std::make_unique<memory_bulletin>();
    parts.snapshots = std::make_unique<memory_snapshot_store>();
    parts.checkpoints = std::make_unique<memory_checkpoint_store>();
    return parts;
}

event_store open_memory(memory_options options) {
    options.store.world = complete(std::move(options.store.world));
    auto parts = make_memory_parts(options.partitions,
                                   make_event_id(options.store.world.clock->wall_us(), *options.store.world.random));
    return event_store(std::move(parts), std::move(options.store));
}

}  // namespace leftfold::inline v0
