#include "leftfold/storage/fork.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "sqlite/fork_log.hpp"
#include "sqlite/network_file_system.hpp"
#include "sqlite/raw_file.hpp"
#include "sqlite/store_directory.hpp"
#include "sqlite/store_lock.hpp"
#include "sqlite/unfinished_copy.hpp"

namespace leftfold::inline v0 {

namespace {

using namespace sqlite;

const store_place& place_of(event_store& parent) {
    if (const auto* const place = sqlite::place_of(parent.log())) return *place;
    throw error(errc::unsupported, "forking a store whose log does not lie in SQLite files");
}

/// The head that a partition has, or had, at an offset.
partition_head head_at(event_store& store, partition_id partition, offset at) {
    partition_head found;
    if (at == offset{}) return found;
    store.read_at(partition, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
        found = {event.at, event.recorded, event.integrity.chain};
        return true;
    });
    return found;
}

fork_record record_of(event_store& parent, const cut& at, recorded_at time) {
    const auto& place = place_of(parent);
    fork_record record{.parent = parent.id(),
                       .epoch = parent.epoch(),
                       .path = place.directory,
                       .time = time,
                       .depth = (place.fork ? place.fork->depth : 0) + 1,
                       .heads = {}};
    if (record.depth > fork_depth_max)
        throw error(errc::invalid_argument, fmt::format("forking {}, which is a fork of depth {} already, the deepest "
                                                        "that there may be",
                                                        record.path.string(), fork_depth_max));
    if (record.path.string().find('\n') != std::string::npos)
        throw error(errc::invalid_argument, "forking a store whose path has a line break");
    for (std::uint32_t p = 0; p != parent.partitions(); ++p)
        record.heads.push_back(head_at(parent, partition_id(p), at.at(partition_id(p))));
    return record;
}

/// Makes the directory a fork. The manifest comes last: until it is whole there is no store.
void make_fork(const std::filesystem::path& directory, std::string_view vfs, const fork_record& record,
               const store_id& id) {
    check_store_name(directory.filename().string());
    if (is_platform_vfs(vfs)) {
        make_directory(directory);
        refuse_network_file_system(directory);
    }
    const store_lock lock(vfs, directory);
    if (read_manifest(vfs, directory) || (is_platform_vfs(vfs) && holds_files_of_a_store(directory)))
        throw error(errc::already_exists,
                    fmt::format("making the fork {}: a store, or files of one, are there", directory.string()));
    write_fork_record(vfs, directory, record);
    write_manifest(vfs, directory,
                   {.format = fork_format_version,
                    .id = id,
                    .partitions = static_cast<std::uint32_t>(record.heads.size()),
                    .fork = checksum_of(record)});
}

event_store fork_at(event_store& parent, const cut& at, recorded_at time, const std::filesystem::path& target,
                    fork_options options) {
    auto& world = options.store.world;
    const auto& around = parent.world();
    if (!world.clock) world.clock = around.clock;
    if (!world.random) world.random = around.random;
    if (!world.executors) world.executors = around.executors;
    if (!world.observer) world.observer = around.observer;
    const auto& vfs = place_of(parent).vfs;
    const auto directory = directory_of(target);
    make_fork(directory, vfs, record_of(parent, at, time), make_event_id(world.clock->wall_us(), *world.random));
    return open_sqlite(directory, {.mode = open_mode::open_existing,
                                   .level = options.level,
                                   .wal_pages = options.wal_pages,
                                   .vfs = vfs,
                                   .store = std::move(options.store)});
}

}  // namespace

event_store fork(event_store& parent, recorded_at when, const std::filesystem::path& target, fork_options options) {
    return fork_at(parent, parent.cut_at(when), when, target, std::move(options));
}

event_store fork(event_store& parent, const cut& at, const std::filesystem::path& target, fork_options options) {
    const auto heads = parent.heads();
    if (!heads.covers(at) || at.partitions() > parent.partitions())
        throw error(errc::invalid_argument,
                    fmt::format("forking at {}, which lies beyond the heads, {}", to_string(at), to_string(heads)));
    auto last = recorded_at::from_micros(0);
    for (std::uint32_t p = 0; p != parent.partitions(); ++p)
        last = std::max(last, head_at(parent, partition_id(p), at.at(partition_id(p))).recorded);
    static_cast<void>(parent.cut_at(last));  // waits until it is final
    return fork_at(parent, at, last, target, std::move(options));
}

event_store fork(event_store& parent, const moment& at, const std::filesystem::path& target, fork_options options) {
    parent.check(at);
    return fork_at(parent, at.cut(), at.time(), target, std::move(options));
}

std::optional<fork_origin> fork_origin_of(event_store& store) {
    const auto* const place = sqlite::place_of(store.log());
    if (place == nullptr || !place->fork) return std::nullopt;
    const auto& left = *place->fork;
    fork_origin found{.parent = left.parent,
                      .epoch = left.epoch,
                      .path = left.path,
                      .cut = cut(static_cast<std::uint32_t>(left.heads.size())),
                      .time = left.time,
                      .depth = left.depth};
    for (std::uint32_t p = 0; p != left.heads.size(); ++p) {
        found.cut.set(partition_id(p), left.heads[p].at);
        found.chains.push_back(left.heads[p].chain);
    }
    return found;
}

}  // namespace leftfold::inline v0
