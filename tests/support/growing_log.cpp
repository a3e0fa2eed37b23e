#include "support/growing_log.hpp"

#include <map>
#include <random>

#include "leftfold/storage/chain.hpp"
#include "memory_index.hpp"
#include "memory_log.hpp"

namespace leftfold::test_support {

struct growing_log::state {
    std::unique_ptr<memory_log> log;
    std::vector<fence> fences;
    std::vector<std::map<std::string, version, std::less<>>> versions;
    chain_hasher hasher;
    std::vector<event_view> group;
    std::vector<std::string> keys;
};

growing_log::growing_log(std::uint32_t partitions) : state_(std::make_unique<state>()) {
    state_->log = std::make_unique<memory_log>(partitions);
    for (std::uint32_t i = 0; i < partitions; ++i)
        state_->fences.push_back(state_->log->claim(partition_id(i), "test"));
    state_->versions.resize(partitions);
}

growing_log::~growing_log() = default;
growing_log::growing_log(growing_log&&) noexcept = default;
growing_log& growing_log::operator=(growing_log&&) noexcept = default;

partition_log& growing_log::log() { return *state_->log; }

std::unique_ptr<stream_index> growing_log::make_index() {
    return std::make_unique<memory_index>(*state_->log, static_cast<std::uint32_t>(state_->fences.size()));
}

event_id growing_log::id_at(partition_id partition, offset at) {
    return derive_event_id(to_string(position{partition, at}));
}

std::span<const event_view> growing_log::grow(std::span<const std::string> keys, partition_id partition) {
    auto& fence = state_->fences[partition.value()];
    state_->keys.assign(keys.begin(), keys.end());
    state_->group.clear();
    auto head = fence.head;
    for (const auto& key : state_->keys) {
        auto& last = state_->versions[partition.value()][key];
        last = last.next();
        event_view event{.partition = partition,
                         .at = head.at.next(),
                         .recorded = recorded_at::from_micros(head.recorded.micros() + 1),
                         .occurred = occurred_at::from_micros(head.recorded.micros() + 1),
                         .category = "item",
                         .key = key,
                         .version = last,
                         .type = "item.changed",
                         .id = id_at(partition, head.at.next()),
                         .payload = "{}"};
        event.integrity.payload_crc = crc32c(event.payload);
        event.integrity.chain = state_->hasher.next(head.chain, event);
        event.integrity.envelope_crc = envelope_crc(event);
        head = {event.at, event.recorded, event.integrity.chain};
        state_->group.push_back(event);
    }
    const auto report = state_->log->append(fence, state_->group);
    if (report.status != append_status::committed) std::terminate();
    return state_->group;
}

std::vector<std::string> random_keys(std::size_t events, std::size_t streams, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::string> keys;
    keys.reserve(events);
    for (std::size_t i = 0; i < events; ++i) {
        const auto among = random() % 4 == 0 ? streams : std::min<std::size_t>(streams, 5);
        keys.push_back("s" + std::to_string(random() % among));
    }
    return keys;
}

}  // namespace leftfold::test_support
