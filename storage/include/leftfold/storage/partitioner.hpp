#pragma once

#include <cstdint>
#include <string_view>

#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

/// Returns the 32-bit MurmurHash2 of the bytes with the seed of Kafka's Java client, 0x9747b28c, as that client's
/// signed number. Fixed for ever: where every stream lives depends on it.
std::int32_t murmur2(std::string_view bytes) noexcept;

/// Returns the partition of a routing key (names.hpp) among `partitions`, of which there is at least one. The same as
/// Kafka's default partitioner for a record with that key, `(murmur2(key) & 0x7fffffff) % partitions`, so that a relay
/// to a topic of as many partitions keeps events where they are. Costs a hash of the key.
partition_id partition_for(std::string_view routing_key, std::uint32_t partitions) noexcept;

}  // namespace leftfold::inline v0
