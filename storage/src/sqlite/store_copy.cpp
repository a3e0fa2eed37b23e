#include "sqlite/store_copy.hpp"

#include <algorithm>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "sqlite/unfinished_copy.hpp"

namespace leftfold::inline v0 {

store_copy::store_copy(const std::filesystem::path& target, open_mode mode, std::uint32_t partitions,
                       store_identity identity)
    : directory_(target),
      parts_(make_sqlite_parts(target, {.partitions = partitions, .mode = mode, .identity = identity})) {
    if (parts_.id != identity.id || parts_.epoch != identity.epoch || parts_.partitions != partitions)
        throw error(errc::foreign_file, "copying into " + target.string() + ", which holds another store");
    for (std::uint32_t p = 0; p != partitions; ++p) fences_.push_back(parts_.log->claim(partition_id(p), "copy"));
}

store_copy::~store_copy() = default;

checkpoint store_copy::reached() const {
    checkpoint reached{.store = parts_.id, .epoch = parts_.epoch, .consumed = cut(parts_.partitions), .chains = {}};
    for (std::uint32_t p = 0; p != parts_.partitions; ++p) {
        reached.consumed.set(partition_id(p), head(partition_id(p)).at);
        reached.chains.push_back(head(partition_id(p)).chain);
    }
    return reached;
}

void store_copy::append(partition_id partition, std::span<const event_view> events) {
    const auto report = parts_.log->append(fences_[partition.value()], events);
    if (report.status != append_status::committed)
        throw error(report.cause == errc::ok ? errc::io_error : report.cause, "copying events: " + report.detail);
    parts_.index->add(partition, events);
}

void store_copy::finish() {
    bulletin_page page{
        .epoch = parts_.epoch, .sequence = 1, .closed = {.until = recorded_at::from_micros(0)}, .heads = {}};
    for (const auto& each : fences_) {
        page.closed.until = std::max(page.closed.until, each.head.recorded);
        page.heads.push_back(each.head.at);
    }
    parts_.bulletin->save_clock_bound(page.closed.until);
    parts_.bulletin->publish(page);
    sqlite::finish_copy(directory_);
}

}  // namespace leftfold::inline v0
