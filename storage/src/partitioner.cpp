#include "leftfold/storage/partitioner.hpp"

#include <cstring>

#include "leftfold/storage/assert.hpp"

namespace leftfold::inline v0 {

std::int32_t murmur2(std::string_view bytes) noexcept {
    constexpr std::uint32_t seed = 0x9747b28cU;
    constexpr std::uint32_t multiplier = 0x5bd1e995U;
    std::uint32_t hash = seed ^ static_cast<std::uint32_t>(bytes.size());
    while (bytes.size() >= 4) {
        std::uint32_t word{};
        std::memcpy(&word, bytes.data(), 4);
        word *= multiplier;
        word ^= word >> 24U;
        word *= multiplier;
        hash = (hash * multiplier) ^ word;
        bytes.remove_prefix(4);
    }
    if (!bytes.empty()) {
        for (std::size_t i = bytes.size(); i-- > 0;) {
            hash ^= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
        }
        hash *= multiplier;
    }
    hash ^= hash >> 13U;
    hash *= multiplier;
    hash ^= hash >> 15U;
    return static_cast<std::int32_t>(hash);
}

partition_id partition_for(std::string_view routing_key, std::uint32_t partitions) noexcept {
    LEFTFOLD_ASSERT(partitions > 0);
    return partition_id((static_cast<std::uint32_t>(murmur2(routing_key)) & 0x7fffffffU) % partitions);
}

}  // namespace leftfold::inline v0
