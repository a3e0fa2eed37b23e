#pragma once

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

struct memory_options {
    std::uint32_t partitions = 4;
    store_options store{};
};

/// The greatest number of partitions of any store.
inline constexpr std::uint32_t partitions_max = 1'024;

/// Makes the ports of a store that lives in memory: the readable reference that every other engine is measured against,
/// and a fast store for tests. Durability: none.
store_parts make_memory_parts(std::uint32_t partitions, store_id id);

/// Opens a store in memory. Throws errc::invalid_argument for no partitions, or more than partitions_max.
event_store open_memory(memory_options options = {});

}  // namespace leftfold::inline v0
