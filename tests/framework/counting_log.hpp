#pragma once
// Counts what a store asks of its log and of its index.

#include <memory>
#include <string_view>
#include <utility>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"

struct asked_counts {
    int commits = 0;
    int events_read = 0;
    int heads = 0;  // of a stream, in the index
    int finds = 0;  // of a stream's events, or of an id

    friend bool operator==(const asked_counts&, const asked_counts&) = default;
};

class counting_log final : public leftfold::partition_log {
public:
    counting_log(std::unique_ptr<leftfold::partition_log> below, std::shared_ptr<asked_counts> counts)
        : below_(std::move(below)), counts_(std::move(counts)) {}

    leftfold::log_capabilities capabilities() const override { return below_->capabilities(); }
    leftfold::fence claim(leftfold::partition_id partition, std::string_view owner) override {
        return below_->claim(partition, owner);
    }
    leftfold::append_report append(leftfold::fence& held, std::span<const leftfold::event_view> group) override {
        ++counts_->commits;
        return below_->append(held, group);
    }
    std::optional<leftfold::partition_head> resolve(leftfold::fence& held, leftfold::event_id first) override {
        return below_->resolve(held, first);
    }
    leftfold::partition_head head(leftfold::partition_id partition) override { return below_->head(partition); }
    leftfold::page_end read(leftfold::partition_id partition, leftfold::offset after,
                            const leftfold::page_limits& limits, const leftfold::event_filter& filter,
                            leftfold::payloads wanted, leftfold::event_sink sink) override {
        return below_->read(partition, after, limits, filter, wanted, [&](const leftfold::event_view& event) {
            ++counts_->events_read;
            return sink(event);
        });
    }
    void read_at(leftfold::partition_id partition, std::span<const leftfold::offset> offsets, leftfold::payloads wanted,
                 leftfold::event_sink sink) override {
        below_->read_at(partition, offsets, wanted, [&](const leftfold::event_view& event) {
            ++counts_->events_read;
            return sink(event);
        });
    }

private:
    std::unique_ptr<leftfold::partition_log> below_;
    std::shared_ptr<asked_counts> counts_;
};

class counting_index final : public leftfold::stream_index {
public:
    counting_index(std::unique_ptr<leftfold::stream_index> below, std::shared_ptr<asked_counts> counts)
        : below_(std::move(below)), counts_(std::move(counts)) {}

    void add(leftfold::partition_id partition, std::span<const leftfold::event_view> committed) override {
        below_->add(partition, committed);
    }
    std::optional<leftfold::stream_head> head(leftfold::partition_id partition,
                                              const leftfold::stream_id& stream) override {
        ++counts_->heads;
        return below_->head(partition, stream);
    }
    std::vector<leftfold::offset> find(leftfold::partition_id partition, const leftfold::stream_id& stream,
                                       leftfold::version from, std::size_t count, leftfold::direction way) override {
        ++counts_->finds;
        return below_->find(partition, stream, from, count, way);
    }
    std::optional<leftfold::offset> find_id(leftfold::partition_id partition, const leftfold::event_id& id) override {
        ++counts_->finds;
        return below_->find_id(partition, id);
    }
    leftfold::offset indexed_to(leftfold::partition_id partition) override { return below_->indexed_to(partition); }
    void rebuild(leftfold::partition_id partition) override { below_->rebuild(partition); }

private:
    std::unique_ptr<leftfold::stream_index> below_;
    std::shared_ptr<asked_counts> counts_;
};

/// A store in memory of one partition that counts.
struct counting_store {
    std::shared_ptr<asked_counts> counts = std::make_shared<asked_counts>();
    leftfold::event_store store;

    explicit counting_store(leftfold::store_options options = {}) : store(parts(), std::move(options)) {}

    /// What was asked while the action ran.
    template <class Action>
    asked_counts during(Action&& action) {
        *counts = {};
        action();
        return *counts;
    }

private:
    leftfold::store_parts parts() const {
        auto made = leftfold::make_memory_parts(1, leftfold::derive_event_id("a store that counts"));
        // The index reads what it does not know from the log below, so that is not counted.
        made.log = std::make_unique<counting_log>(std::move(made.log), counts);
        made.index = std::make_unique<counting_index>(std::move(made.index), counts);
        return made;
    }
};
