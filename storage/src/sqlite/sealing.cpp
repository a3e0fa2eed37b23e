#include "sqlite/sealing.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "leftfold/storage/error.hpp"
#include "sqlite/partition_file.hpp"
#include "sqlite/sqlite_bulletin.hpp"
#include "sqlite/store_lock.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

void seal_locked(const store_place& place, const environment& world, recorded_at at_least) {
    if (const auto found = read_manifest(place.vfs, place.directory); found != std::optional(place.store))
        throw error(errc::foreign_file,
                    fmt::format("sealing {}: it is not the store that was opened", place.directory.string()));
    sqlite_bulletin board(place, access::read_write, world);
    const auto bound = board.clock_bound();
    auto closed = std::max(bound.value_or(recorded_at::from_micros(0)),
                           std::min(at_least, recorded_at::from_micros(world.clock->wall_us())));
    bulletin_page page{.epoch = place.store.epoch, .sequence = 1};
    for (std::uint32_t p = 0; p != place.store.partitions; ++p) {
        // A claim commits, which overwrites whatever a commit in flight had written beyond the last one that counts.
        partition_file file(place, partition_id(p));
        const auto head = file.claim("a sealer").head;
        page.heads.push_back(head.at);
        closed = std::max(closed, head.recorded);
        file.close();
    }
    // Before anyone is told: no later owner may begin below what is closed.
    if (!bound || closed > *bound) board.save_clock_bound(closed);
    page.closed.until = closed;
    board.publish(page);
}

}  // namespace

seal_report seal_store(const store_place& place, const environment& world, recorded_at at_least) {
    const auto forbidden = [&] {
        return seal_report{
            seal_status::forbidden,
            fmt::format("nobody owns {}, and this process may not write there to seal it", place.directory.string())};
    };
    if (!is_platform_vfs(place.vfs)) return {seal_status::owned, "no other process can own a store on this VFS"};
    // The lock is looked at first: that somebody owns the store is the better answer, and costs nothing.
    const auto is_fixed = place.reading == file_access::immutable || ::access(place.directory.c_str(), W_OK) != 0;
    if (is_fixed && !store_lock::is_held(place.vfs, place.directory)) return forbidden();
    try {
        const store_lock lock(place.vfs, place.directory, store_lock::purpose::sealing);
        seal_locked(place, world, at_least);
        return {};
    } catch (const error& failed) {
        if (failed.kind() == errc::locked) return {seal_status::owned, failed.what()};
        if (failed.kind() == errc::read_only) return forbidden();
        throw;
    }
}

}  // namespace leftfold::inline v0::sqlite
