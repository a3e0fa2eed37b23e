#pragma once

#include <deque>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "leftfold/storage/partition_log.hpp"

namespace leftfold::inline v0 {

/// A log in memory: the readable reference for the port. Keeps each event as a recorded_event, in order.
class memory_log final : public partition_log {
public:
    explicit memory_log(std::uint32_t partitions);

    log_capabilities capabilities() const override { return {.level = durability::none}; }
    fence claim(partition_id partition, std::string_view owner) override;
    append_report append(fence& held, std::span<const event_view> group) override;
    std::optional<partition_head> resolve(fence& held, event_id first_of_group) override;
    partition_head head(partition_id partition) override;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override;
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override;

private:
    struct partition_state {
        mutable std::shared_mutex mutex;
        std::deque<recorded_event> events;  // a deque, so that readers' views survive an append
        std::int64_t epoch = 0;

        partition_head head() const;
        const recorded_event* find(offset at) const;
    };

    partition_state& state(partition_id partition);

    std::vector<std::unique_ptr<partition_state>> partitions_;
};

}  // namespace leftfold::inline v0
