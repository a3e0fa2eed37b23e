#include "leftfold/storage/backup.hpp"

#include <algorithm>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/backup_check.hpp"
#include "sqlite/store_copy.hpp"
#include "sqlite/unfinished_copy.hpp"
#include "store_core.hpp"
#include "whole_cut.hpp"

namespace leftfold::inline v0 {

namespace {

constexpr std::size_t rows_a_transaction = 4'096;

/// Compares the copy's chain with the source's where the copy ends.
bool same_history(event_store& source, partition_id partition, const partition_head& copied) {
    if (copied.at == offset{}) return true;
    if (source.head_of(partition).at < copied.at) return false;
    bool same = false;
    source.read_at(partition, std::span(&copied.at, 1), payloads::skip, [&](const event_view& event) {
        same = event.integrity.chain == copied.chain;
        return true;
    });
    return same;
}

/// Carries one partition of the copy on to `to`.
void copy_partition(event_store& source, store_copy& copy, partition_id partition, offset to,
                    function_ref<void(std::size_t)> copied) {
    event_page page;
    while (copy.head(partition).at < to) {
        page.clear();
        source.read_partition(partition, copy.head(partition).at, {.events = rows_a_transaction, .up_to = to}, {},
                              payloads::read, [&](const event_view& event) {
                                  page.add(event);
                                  return true;
                              });
        if (page.empty())
            throw error(errc::corrupt, "copying partition " + std::to_string(partition.value()) + ", which ends early");
        copy.append(partition, page.events());
        copied(page.size());
    }
}

backup_report copy_store(event_store& source, store_copy& copy, const cut& up_to, backup_options& options) {
    backup_report report{.copied = up_to};
    std::int64_t all = 0;
    for (std::uint32_t p = 0; p != source.partitions(); ++p) {
        const partition_id partition(p);
        if (!same_history(source, partition, copy.head(partition)))
            throw error(errc::foreign_file, "carrying on a backup whose partition " + std::to_string(p) +
                                                " is of another history at offset " +
                                                std::to_string(copy.head(partition).at.value()));
        all += std::max<std::int64_t>(0, up_to.at(partition).value() - copy.head(partition).at.value());
    }
    for (std::uint32_t p = 0; p != source.partitions(); ++p) {
        const partition_id partition(p);
        copy_partition(source, copy, partition, up_to.at(partition), [&](std::size_t more) {
            report.events += static_cast<std::int64_t>(more);
            if (options.progress) options.progress(report.events, all);
        });
        if (!same_history(source, partition, copy.head(partition)))
            throw error(errc::corrupt, "comparing the copy of partition " + std::to_string(p) + " with its source");
    }
    copy.finish();
    return report;
}

/// What a store holds that is consistent. A backup that was being carried on when its process was killed has more in
/// some partitions than its clock file, which is written at the end, says.
cut consistent_cut(event_store& source) {
    const auto bound = source.core()->parts.bulletin->clock_bound();
    const auto closed = bound ? std::max(source.closed(), *bound) : source.closed();
    cut whole(source.partitions());
    for (std::uint32_t p = 0; p != source.partitions(); ++p)
        whole.set(partition_id(p), source.offset_at(partition_id(p), closed));
    return whole;
}

/// Opens a backup. One that was being carried on when its process was killed is no store for anybody else; it is for
/// restore, if a run has ended before.
event_store open_backup(const std::filesystem::path& directory) {
    sqlite_options options{.access = access::read_only, .mode = open_mode::open_existing};
    if (const auto begun = sqlite::read_unfinished_copy("", directory)) {
        options.identity = store_identity{begun->id, begun->epoch};
        auto source = open_sqlite(directory, options);
        if (source.core()->parts.bulletin->clock_bound()) return source;
        throw error(errc::not_found, "restoring " + directory.string() + ", a backup of which no run has ended");
    }
    return open_sqlite(directory, options);
}

}  // namespace

backup_report backup(event_store& source, const std::filesystem::path& target, backup_options options) {
    const auto up_to = whole_cut(source, "backing up a store");
    const auto was_broken_off = sqlite::read_unfinished_copy("", target).has_value();
    std::optional<checkpoint> held;
    backup_report report;
    {
        store_copy copy(target, open_mode::open_or_create, source.partitions(), {source.id(), source.epoch()});
        if (!was_broken_off) held = copy.reached();
        report = copy_store(source, copy, up_to, options);
    }  // which gives up the copy's lock
    report.verified = verify_copy(target, held);
    if (options.rehearse) report.verified = rehearse_restoring(target);
    return report;
}

backup_report restore(const std::filesystem::path& backup_directory, const std::filesystem::path& target,
                      backup_options options) {
    auto source = open_backup(backup_directory);
    const auto up_to = consistent_cut(source);
    store_copy copy(target, open_mode::create, source.partitions(), {source.id(), source.epoch().next()});
    return copy_store(source, copy, up_to, options);
}

}  // namespace leftfold::inline v0
