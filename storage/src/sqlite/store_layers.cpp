#include "sqlite/store_layers.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/fork.hpp"
#include "sqlite/fork_index.hpp"
#include "sqlite/fork_log.hpp"
#include "sqlite/fork_snapshots.hpp"
#include "sqlite/raw_file.hpp"
#include "sqlite/run_index.hpp"
#include "sqlite/sqlite_snapshots.hpp"
#include "sqlite/store_lock.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

using offsets = std::vector<offset>;

offsets cut_of(const fork_record& left) {
    offsets cut;
    for (const auto& head : left.heads) cut.push_back(head.at);
    return cut;
}

store_layers layers_of(store_place place, leftfold::access access, const environment& world, offsets follow_to);

error refused(errc why, const store_place& fork, std::string_view what) {
    return error(why,
                 fmt::format("opening {}, a fork of {}: {}", fork.directory.string(), fork.fork->path.string(), what));
}

/// Finds the parent where it was, and makes sure that it is the one.
store_place parent_of(const store_place& fork) {
    const auto& left = *fork.fork;
    store_place parent{.directory = left.path, .vfs = fork.vfs, .idle_readers = fork.idle_readers};
    if (!read_place(parent)) throw refused(errc::not_found, fork, "its parent is not there: it was moved or deleted");
    if (parent.store.id != left.parent || parent.store.partitions != fork.store.partitions)
        throw refused(errc::foreign_file, fork, "another store is there now");
    if (left.depth > fork_depth_max || left.depth != (parent.fork ? parent.fork->depth : 0) + 1)
        throw refused(errc::foreign_file, fork, "its parent is a fork of another depth than it was");
    parent.reading = reading_mode(parent);
    return parent;
}

/// Compares the parent's history at the cut with what it was.
void check_history(const store_place& fork, partition_log& parent) {
    for (std::uint32_t p = 0; p != fork.store.partitions; ++p) {
        const partition_id partition(p);
        const auto left = fork.begins_after(partition);
        if (left.at == offset{}) continue;
        bool same = false;
        if (parent.head(partition).at >= left.at)
            parent.read_at(partition, std::span(&left.at, 1), payloads::skip, [&](const event_view& event) {
                same = event.integrity.chain == left.chain;
                return true;
            });
        if (!same)
            throw refused(errc::foreign_file, fork,
                          fmt::format("its history in partition {} at offset {} is not what it was when the fork left "
                                      "it; was it restored to before that?",
                                      p, left.at.value()));
    }
}

store_layers join(store_place place, leftfold::access access, const environment& world, run_index_options indexing) {
    const auto parent_place = parent_of(place);
    const auto cut = cut_of(*place.fork);
    auto parent = layers_of(parent_place, access::read_only, world, cut);
    check_history(place, *parent.log);
    auto own = std::make_unique<sqlite_log>(std::move(place), access);
    const auto& here = own->place();
    indexing.begin_after = cut;
    store_layers joined{.own = own.get()};
    joined.index = std::make_unique<fork_index>(
        std::make_unique<index_below>(std::move(parent.index), cut),
        std::make_unique<run_index>(*own, here.store.partitions, here.directory, std::move(indexing)));
    joined.snapshots = std::make_unique<fork_snapshots>(here, parent_place.store, std::move(parent.snapshots),
                                                        std::make_unique<sqlite_snapshots>(here, access));
    joined.log = std::make_unique<fork_log>(std::move(parent.log), std::move(own));
    return joined;
}

store_layers layers_of(store_place place, leftfold::access access, const environment& world, offsets follow_to) {
    run_index_options indexing{.mode = access == access::read_write ? file_access::create : place.reading,
                               .vfs = place.vfs,
                               .world = world,
                               .limits = {.idle_readers = place.idle_readers},
                               .follow_to = std::move(follow_to)};
    if (place.fork) return join(std::move(place), access, world, std::move(indexing));
    auto log = std::make_unique<sqlite_log>(std::move(place), access);
    const auto& here = log->place();
    store_layers plain{.own = log.get()};
    plain.index = std::make_unique<run_index>(*log, here.store.partitions, here.directory, std::move(indexing));
    plain.snapshots = std::make_unique<sqlite_snapshots>(here, access);
    plain.log = std::move(log);
    return plain;
}

}  // namespace

store_layers make_layers(store_place place, leftfold::access access, const environment& world) {
    return layers_of(std::move(place), access, world, {});
}

bool read_place(store_place& place) {
    const auto found = read_manifest(place.vfs, place.directory);
    if (!found) return false;
    place.store = *found;
    if (found->fork)
        place.fork = std::make_shared<const fork_record>(read_fork_record(place.vfs, place.directory, *found));
    return true;
}

file_access reading_mode(const store_place& place) {
    if (!is_platform_vfs(place.vfs) || store_lock::is_held(place.vfs, place.directory)) return file_access::read_only;
    if (::access(place.directory.c_str(), W_OK) == 0) return file_access::read_only;
    for (std::uint32_t i = 0; i != place.store.partitions; ++i) {
        const auto wal = place.partition_file(partition_id{i}).string() + "-wal";
        if (file_exists(place.vfs, wal))
            throw error(errc::read_only,
                        fmt::format("opening {}: its last owner left a WAL, which only somebody who may write "
                                    "to the directory can recover",
                                    wal));
    }
    return file_access::immutable;
}

}  // namespace leftfold::inline v0::sqlite
