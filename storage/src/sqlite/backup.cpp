#include "leftfold/storage/backup.hpp"

#include <algorithm>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::inline v0 {

namespace {

constexpr std::size_t rows_a_transaction = 4'096;

chain_hash chain_at(event_store& store, partition_id partition, offset at) {
    chain_hash found{};
    if (at == offset{}) return found;
    store.read_at(partition, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
        found = event.integrity.chain;
        return true;
    });
    return found;
}

/// Carries one partition of the copy on to `to`. The rows are appended through the engine's own port, as they are.
std::int64_t copy_partition(event_store& source, store_parts& copy, partition_id partition, offset to,
                            function_ref<void(std::int64_t)> copied) {
    auto held = copy.log->claim(partition, "backup");
    if (chain_at(source, partition, std::min(held.head.at, source.head_of(partition).at)) != held.head.chain)
        throw error(errc::foreign_file, "carrying on a backup of another history: partition " +
                                            std::to_string(partition.value()) + " differs at offset " +
                                            std::to_string(held.head.at.value()));
    std::int64_t events = 0;
    event_page page;
    while (held.head.at < to) {
        page.clear();
        source.read_partition(partition, held.head.at, {.events = rows_a_transaction, .up_to = to}, {}, payloads::read,
                              [&](const event_view& event) {
                                  page.add(event);
                                  return true;
                              });
        if (page.empty())
            throw error(errc::corrupt, "copying partition " + std::to_string(partition.value()) + ", which ends early");
        const auto report = copy.log->append(held, page.events());
        if (report.status != append_status::committed)
            throw error(report.cause == errc::ok ? errc::io_error : report.cause, "writing a backup: " + report.detail);
        copy.index->add(partition, page.events());
        events += static_cast<std::int64_t>(page.size());
        copied(static_cast<std::int64_t>(page.size()));
    }
    return events;
}

backup_report copy_store(event_store& source, const std::filesystem::path& target, const cut& up_to, open_mode mode,
                         store_epoch epoch, backup_options& options) {
    auto copy = make_sqlite_parts(
        target, {.partitions = source.partitions(), .mode = mode, .identity = store_identity{source.id(), epoch}});
    if (copy.id != source.id() || copy.partitions != source.partitions() || copy.epoch != epoch)
        throw error(errc::foreign_file, "backing up into " + target.string() + ", which holds another store");
    backup_report report{.copied = up_to};
    std::int64_t all = 0;
    std::int64_t done = 0;
    auto last = recorded_at::from_micros(0);
    for (std::uint32_t p = 0; p != source.partitions(); ++p)
        all += std::max<std::int64_t>(
            0, report.copied.at(partition_id(p)).value() - copy.log->head(partition_id(p)).at.value());
    for (std::uint32_t p = 0; p != source.partitions(); ++p) {
        const partition_id partition(p);
        report.events += copy_partition(source, copy, partition, report.copied.at(partition), [&](std::int64_t more) {
            done += more;
            if (options.progress) options.progress(done, all);
        });
        const auto head = copy.log->head(partition);
        last = std::max(last, head.recorded);
        if (chain_at(source, partition, head.at) != head.chain)
            throw error(errc::corrupt, "comparing the backup of partition " + std::to_string(p) + " with its source");
    }
    copy.bulletin->save_clock_bound(last);
    bulletin_page page{.epoch = epoch, .sequence = 1, .closed = last, .heads = {}};
    for (std::uint32_t p = 0; p != source.partitions(); ++p) page.heads.push_back(report.copied.at(partition_id(p)));
    copy.bulletin->publish(page);
    return report;
}

}  // namespace

backup_report backup(event_store& source, const std::filesystem::path& target, backup_options options) {
    return copy_store(source, target, source.closed_cut(), open_mode::open_or_create, source.epoch(), options);
}

backup_report restore(const std::filesystem::path& backup_directory, const std::filesystem::path& target,
                      backup_options options) {
    auto source = open_sqlite(backup_directory, {.access = access::read_only, .mode = open_mode::open_existing});
    return copy_store(source, target, source.heads(), open_mode::create, source.epoch().next(), options);
}

}  // namespace leftfold::inline v0
