#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::inline v0 {

/// The stream index in its plainest form: hash tables in memory, filled from the log when a partition is first asked
/// for. The readable reference that every other index is measured against.
///
/// Look-ups take in by themselves what the log holds beyond the index, so one that nobody feeds with add() follows a
/// log that another process writes. Memory grows with the log: about 100 bytes an event, plus names. The log must
/// outlive the index.
class memory_index final : public stream_index {
public:
    /// Reads nothing yet.
    memory_index(partition_log& log, std::uint32_t partitions);
    ~memory_index() override;

    void add(partition_id partition, std::span<const event_view> committed) override;
    std::optional<stream_head> head(partition_id partition, const stream_id& stream) override;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override;
    std::optional<offset> find_id(partition_id partition, const event_id& id) override;
    offset indexed_to(partition_id partition) override;
    void rebuild(partition_id partition) override;

private:
    /// What is known of one partition.
    struct table {
        mutable std::shared_mutex mutex;
        offset to{};
        /// By `category-key`: where each of the stream's versions stands, from version 1. A category has no `-`.
        std::unordered_map<std::string, std::vector<offset>> streams;
        std::unordered_map<event_id, offset, event_id_hash> ids;

        void take(const event_view& event);
        const std::vector<offset>* find(const stream_id& stream) const;
    };

    table& table_of(partition_id partition) const;
    void read_up_to(partition_id partition, table& into, offset to);
    const table& caught_up(partition_id partition);

    partition_log& log_;
    std::vector<std::unique_ptr<table>> tables_;
};

}  // namespace leftfold::inline v0
