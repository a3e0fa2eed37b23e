#include "sqlite/sqlite_log.hpp"

#include <fmt/format.h>

#include <atomic>

#include "fork_guard.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/event_rows.hpp"
#include "sqlite/partition_schema.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

struct sqlite_log::partition_state {
    partition_state(const store_place& place, partition_id partition)
        : writer(place, partition),
          readers(place.partition_file(partition), partition, place.reader(), place.idle_readers),
          is_made(place.fork == nullptr) {}

    // The readers go first, so that the writer is the last to close and leaves no WAL behind.
    partition_file writer;
    reader_pool readers;
    // A fork's partition has a file from its first append on.
    std::atomic<bool> is_made;
};

sqlite_log::sqlite_log(store_place place, leftfold::access access)
    : place_(std::move(place)), access_(access), generation_(fork_generation()) {
    for (std::uint32_t i = 0; i != place_.store.partitions; ++i)
        partitions_.push_back(std::make_unique<partition_state>(place_, partition_id{i}));
}

sqlite_log::~sqlite_log() = default;

log_capabilities sqlite_log::capabilities() const {
    return {.level = place_.level, .same_transaction_projections = true};
}

sqlite_log::partition_state& sqlite_log::state(partition_id partition) {
    if (generation_ != fork_generation())
        throw error(errc::forked, fmt::format("using {}, opened by the parent process", place_.directory.string()));
    if (partition.value() >= partitions_.size())
        throw error(errc::invalid_argument,
                    fmt::format("asking for partition {} of {}", partition.value(), partitions_.size()));
    return *partitions_[partition.value()];
}

partition_file& sqlite_log::writer(partition_id partition) {
    if (access_ != leftfold::access::read_write)
        throw error(errc::read_only, fmt::format("writing to {}, opened for reading", place_.directory.string()));
    return state(partition).writer;
}

fence sqlite_log::claim(partition_id partition, std::string_view owner) { return writer(partition).claim(owner); }

append_report sqlite_log::append(fence& held, std::span<const event_view> group) {
    return append_decided(held, [&](group_transaction&) { return group; });
}

append_report sqlite_log::append_decided(fence& held,
                                         function_ref<std::span<const event_view>(group_transaction&)> decide) {
    try {
        return writer(held.partition).append_decided(held, decide);
    } catch (const error& refused) {
        return {append_status::retry_after, refused.kind(), refused.what()};
    }
}

append_report sqlite_log::write_rows(fence& held, function_ref<void(group_transaction&)> write) {
    try {
        return writer(held.partition).write_rows(held, write);
    } catch (const error& refused) {
        return {append_status::retry_after, refused.kind(), refused.what()};
    }
}

std::optional<partition_head> sqlite_log::resolve(fence& held, event_id first_of_group) {
    return writer(held.partition).resolve(held, first_of_group);
}

/// Whether the partition has events of its own to read.
bool sqlite_log::is_made(partition_id partition) {
    auto& here = state(partition);
    if (here.is_made) return true;
    const auto file = place_.partition_file(partition);
    if (!file_exists(place_.vfs, file)) return false;
    connection db(file, place_.reader());
    return here.is_made = has_partition(db);
}

partition_head sqlite_log::head(partition_id partition) {
    const auto before = place_.begins_after(partition);
    if (!is_made(partition)) return before;
    const auto last = state(partition).readers.take()->head();
    return last.at == offset{} ? before : last;
}

page_end sqlite_log::read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                          payloads wanted, event_sink sink) {
    if (!is_made(partition)) return {after, true};
    const auto reader = state(partition).readers.take();
    return reader->read(after, limits, filter, wanted, sink);
}

void sqlite_log::read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) {
    if (offsets.empty()) return;
    if (!is_made(partition)) throw_corrupt({partition, offsets.front()}, "there is no such event");
    const auto reader = state(partition).readers.take();
    reader->read_at(offsets, wanted, sink);
}

void sqlite_log::check_all() {
    for (std::uint32_t i = 0; i != place_.store.partitions; ++i) {
        const partition_id partition{i};
        if (!is_made(partition)) continue;
        const auto reader = state(partition).readers.take();
        check_partition(reader->database(), place_.store, partition, place_.begins_after(partition));
    }
}

}  // namespace leftfold::inline v0::sqlite
