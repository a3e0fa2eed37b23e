/// Logs that go wrong when they append.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>

#include "storage/wrong_stores/decorators.hpp"

namespace wrong_stores {

/// Drops the last event of a group and acknowledges all.
class loses_the_last_event : public passing_log {
public:
    using passing_log::passing_log;
    append_report append(fence& held, std::span<const event_view> group) override {
        if (group.size() == 1) return right().append(held, group);
        return right().append(held, group.first(group.size() - 1));
    }
};

/// Takes appends of an owner whose partition somebody else has claimed since.
class lets_zombies_append : public passing_log {
public:
    using passing_log::passing_log;
    fence claim(partition_id partition, std::string_view owner) override {
        const auto given = right().claim(partition, owner);
        newest_[partition] = given.epoch;
        return given;
    }
    append_report append(fence& held, std::span<const event_view> group) override {
        held.epoch = newest_[held.partition];
        held.head = right().head(held.partition);
        return right().append(held, group);
    }

private:
    std::map<partition_id, std::int64_t> newest_;
};

/// Appends where the log ends, wherever the owner believes that to be.
class ignores_a_moved_head : public passing_log {
public:
    using passing_log::passing_log;
    append_report append(fence& held, std::span<const event_view> group) override {
        held.head = right().head(held.partition);
        return right().append(held, group);
    }
};

/// Has stored the first event of a group by the time it refuses the group.
class stores_a_part_of_what_it_refuses : public passing_log {
public:
    using passing_log::passing_log;
    append_report append(fence& held, std::span<const event_view> group) override {
        auto report = right().append(held, group);
        if (report.status == append_status::head_moved) {
            fence here{held.partition, held.epoch, right().head(held.partition)};
            (void)right().append(here, group.first(1));
        }
        return report;
    }
};

/// Commits a group in two halves, with time for a reader between them.
class commits_in_halves : public passing_log {
public:
    using passing_log::passing_log;
    append_report append(fence& held, std::span<const event_view> group) override {
        const auto half = group.size() / 2;
        if (half == 0) return right().append(held, group);
        auto report = right().append(held, group.first(half));
        if (report.status != append_status::committed) return report;
        const auto before = reads_.load();
        for (int i = 0; i < 100'000 && reads_ < before + 2; ++i) std::this_thread::yield();
        return right().append(held, group.subspan(half));
    }
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override {
        const auto end = right().read(partition, after, limits, filter, wanted, sink);
        ++reads_;
        return end;
    }

private:
    std::atomic<int> reads_ = 0;
};

/// Puts everything into the first partition.
class writes_to_the_wrong_partition : public passing_log {
public:
    using passing_log::passing_log;
    fence claim(partition_id, std::string_view owner) override { return right().claim(partition_id{}, owner); }
};

/// Says of every group in doubt that it was stored.
class says_stored : public passing_log {
public:
    using passing_log::passing_log;
    std::optional<partition_head> resolve(fence& held, event_id) override { return right().head(held.partition); }
};

/// Says of every group in doubt that it was not stored.
class says_not_stored : public passing_log {
public:
    using passing_log::passing_log;
    std::optional<partition_head> resolve(fence&, event_id) override { return std::nullopt; }
};

/// Keeps nothing of the claims of before once it is opened again: an old owner and a new one share an epoch.
class forgets_its_claims : public passing_log {
public:
    using passing_log::passing_log;
    fence claim(partition_id partition, std::string_view owner) override {
        auto given = right().claim(partition, owner);
        if (!first_) first_ = given.epoch;
        given.epoch = given.epoch - *first_ + 1;
        return given;
    }
    append_report append(fence& held, std::span<const event_view> group) override {
        auto real = held;
        real.epoch = held.epoch + *first_ - 1;
        const auto report = right().append(real, group);
        held.head = real.head;
        return report;
    }

private:
    std::optional<std::int64_t> first_;
};

/// Knows owners by their names: a program that hangs may go on when its successor has begun.
class fences_by_name final : public passing_log {
public:
    using passing_log::passing_log;
    fence claim(partition_id partition, std::string_view owner) override {
        auto& last = owners_[partition];
        if (last.name == owner) return {partition, last.epoch, right().head(partition)};
        const auto given = right().claim(partition, owner);
        last = {std::string(owner), given.epoch};
        return given;
    }

private:
    struct owner_of {
        std::string name;
        std::int64_t epoch = 0;
    };
    std::map<partition_id, owner_of> owners_;
};

}  // namespace wrong_stores
