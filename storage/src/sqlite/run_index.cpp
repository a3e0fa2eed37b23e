#include "sqlite/run_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fork_guard.hpp"
#include "leftfold/storage/assert.hpp"
#include "sqlite/run_partition.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

/// The least that a partition gets of a limit for the whole store.
constexpr std::size_t recent_events_min = 256;

run_partition_options share_of(const run_index_options& options, std::uint32_t partitions) {
    const auto& limits = options.limits;
    const auto recent = std::max(limits.recent_events / partitions, recent_events_min);
    return {.file = {.mode = options.mode, .vfs = options.vfs, .cache_kib = limits.cache_kib},
            .random = options.world.random,
            .told = options.world.observer,
            .merging = {.fan_in = std::max<std::size_t>(2, limits.merge_fan_in),
                        .smallest = static_cast<std::int64_t>(recent)},
            .recent_events = recent,
            .recent_events_max = std::max(limits.recent_events_max / partitions, 2 * recent),
            .filter_bytes = limits.filter_bytes / partitions,
            .idle_readers = limits.idle_readers,
            .unwritten_at_close = limits.unwritten_at_close,
            .hash_bits = options.hash_bits};
}

}  // namespace

std::string run_index_file(partition_id partition) { return fmt::format("index-{:04}.db", partition.value()); }

run_index::run_index(partition_log& log, std::uint32_t partitions, const std::filesystem::path& directory,
                     run_index_options options)
    : fork_generation_(leftfold::fork_generation()), world_(complete(options.world)) {
    options.world = world_;
    auto share = share_of(options, std::max<std::uint32_t>(1, partitions));
    scheduled_ = std::make_unique<std::atomic<bool>[]>(partitions);
    for (std::uint32_t i = 0; i < partitions; ++i) {
        share.file.partition = partition_id(i);
        if (!options.begin_after.empty()) share.file.begin_after = options.begin_after[i];
        if (!options.follow_to.empty()) share.follow_to = options.follow_to[i];
        partitions_.push_back(
            std::make_unique<run_partition>(log, partition_id(i), directory / run_index_file(partition_id(i)), share));
    }
    if (options.mode == file_access::create) executor_ = world_.executors->make_executor();
}

run_index::~run_index() {
    closing_ = true;
    if (fork_generation_ != leftfold::fork_generation()) {
        static_cast<void>(executor_.release());  // its thread is in the parent
        for (auto& partition : partitions_) partition->abandon();
        return;
    }
    // A task that is under way may still post its next step: the pointer stands until the last one has ended.
    executor_.get_deleter()(executor_.get());
    static_cast<void>(executor_.release());
    for (auto& partition : partitions_) partition->close();
}

run_partition& run_index::of(partition_id partition) const {
    LEFTFOLD_ASSERT(partition.value() < partitions_.size());
    return *partitions_[partition.value()];
}

void run_index::add(partition_id partition, std::span<const event_view> committed) {
    auto& grown = of(partition);
    if (!grown.add(committed)) return;
    schedule(partition);
    while (grown.is_full() && grown.step() == run_partition::step_result::more) {
    }
}

void run_index::schedule(partition_id partition) {
    if (!executor_ || scheduled_[partition.value()].exchange(true)) return;
    executor_->post([this, partition] { run_task(partition); });
}

/// One step, then a new task for the next one, so that partitions take turns.
void run_index::run_task(partition_id partition) {
    if (closing_) return;
    const auto result = of(partition).step();
    if (result == run_partition::step_result::more) {
        executor_->post([this, partition] { run_task(partition); });
        return;
    }
    scheduled_[partition.value()] = false;
    // Entries that were ready between the two lines above found a task scheduled. After a failure the next ones try.
    if (result == run_partition::step_result::idle && of(partition).has_unwritten()) schedule(partition);
}

std::optional<stream_head> run_index::head(partition_id partition, const stream_id& stream) {
    return of(partition).head(stream);
}

std::vector<offset> run_index::find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                                    direction way) {
    return of(partition).find(stream, from, count, way);
}

std::optional<offset> run_index::find_id(partition_id partition, const event_id& id) {
    return of(partition).find_id(id);
}

offset run_index::indexed_to(partition_id partition) { return of(partition).indexed_to(); }

void run_index::rebuild(partition_id partition) {
    of(partition).rebuild();
    schedule(partition);
}

bool run_index::work(partition_id partition) { return of(partition).step() == run_partition::step_result::more; }

}  // namespace leftfold::inline v0::sqlite
