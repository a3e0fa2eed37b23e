#include "domain.hpp"

#include "leftfold/framework/codec.hpp"

namespace bench {

std::string key_of(std::int64_t stream) { return "item-key-" + std::to_string(stream); }

workload::workload(std::int64_t streams, std::uint64_t seed)
    : streams_(streams), random_(seed), payload_(leftfold::to_json(item_changed{})) {}

workload::workload(std::int64_t streams, std::uint64_t seed, std::size_t payload_bytes) : workload(streams, seed) {
    payload_ = '"' + std::string(payload_bytes - 2, 'x') + '"';
}

std::string workload::next_key() {
    return key_of(static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(streams_)));
}

leftfold::stream_append workload::next_append(std::size_t events) {
    std::vector<leftfold::event_data> batch;
    batch.reserve(events);
    for (std::size_t i = 0; i < events; ++i) batch.emplace_back(item_changed::event_type, payload_);
    return {{"item", next_key()}, leftfold::expected_version::any(), std::move(batch)};
}

}  // namespace bench
