#include "leftfold/storage/sqlite_store.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/observer.hpp"
#include "sqlite/network_file_system.hpp"
#include "sqlite/partition_schema.hpp"
#include "sqlite/raw_file.hpp"
#include "sqlite/sqlite_bulletin.hpp"
#include "sqlite/sqlite_checkpoints.hpp"
#include "sqlite/store_directory.hpp"
#include "sqlite/store_layers.hpp"
#include "sqlite/store_lock.hpp"
#include "sqlite/store_verbs.hpp"
#include "sqlite/unfinished_copy.hpp"

namespace leftfold::inline v0 {

namespace {

using namespace sqlite;
namespace fs = std::filesystem;

void check_options(const fs::path& directory, const sqlite_options& options) {
    check_store_name(directory.filename().string());
    if (options.wal_pages < 1)
        throw error(errc::invalid_argument,
                    fmt::format("opening {} with a WAL of {} pages", directory.string(), options.wal_pages));
    if (options.partitions < 1 || options.partitions > partitions_max)
        throw error(errc::invalid_argument, fmt::format("opening {} with {} partitions, where 1 to {} are possible",
                                                        directory.string(), options.partitions, partitions_max));
}

// Whether the file may be thrown away: a power cut during the making of a store leaves such files, without a manifest.
bool has_events(const store_place& place, partition_id partition) {
    connection db(place.partition_file(partition), {.mode = file_access::read_write, .vfs = place.vfs});
    if (!has_partition(db)) return false;
    return db.query_number("SELECT count(*) FROM (SELECT 1 FROM event LIMIT 1)") != 0;
}

/// Makes the file of a partition anew.
void make_partition(const store_place& place, partition_id partition) {
    const auto file = place.partition_file(partition);
    for (const auto* suffix : {"", "-wal", "-shm"}) delete_file(place.vfs, file.string() + suffix);
    connection db(file, {.mode = file_access::create, .vfs = place.vfs});
    create_partition(db, place.store, partition);
}

void make_partitions(const store_place& place) {
    for (std::uint32_t i = 0; i != place.store.partitions; ++i) {
        const partition_id partition{i};
        const auto file = place.partition_file(partition);
        if (file_exists(place.vfs, file) && has_events(place, partition))
            throw error(errc::corrupt, fmt::format("opening {}: there are events, but no manifest", file.string()));
        make_partition(place, partition);
    }
}

/// Makes those files that a copy which was broken off early had not made, or not whole.
void make_missing_partitions(const store_place& place) {
    const auto is_made = [&](partition_id partition) {
        const auto file = place.partition_file(partition);
        if (!file_exists(place.vfs, file)) return false;
        connection db(file, {.mode = file_access::read_write, .vfs = place.vfs});
        return has_partition(db);
    };
    for (std::uint32_t i = 0; i != place.store.partitions; ++i)
        if (!is_made(partition_id{i})) make_partition(place, partition_id{i});
}

manifest make_store(store_place& place, const sqlite_options& options) {
    const auto world = complete(options.store.world);
    const auto identity = options.identity ? *options.identity
                                           : store_identity{.id = make_event_id(world.clock->wall_us(), *world.random)};
    place.store = {.id = identity.id, .partitions = options.partitions, .epoch = identity.epoch};
    if (options.identity) {  // a copy, which store_copy::finish makes a store
        begin_copy(place.vfs, place.directory, place.store);
        make_partitions(place);
        return place.store;
    }
    make_partitions(place);
    write_manifest(place.vfs, place.directory, place.store);
    return place.store;
}

store_parts make_parts(store_place place, const sqlite_options& options, std::shared_ptr<void> keep) {
    const auto world = complete(options.store.world);
    store_parts parts{.id = place.store.id,
                      .epoch = place.store.epoch,
                      .partitions = place.store.partitions,
                      .access = options.access};
    auto layers = make_layers(std::move(place), options.access, world);
    if (options.access == access::read_only) layers.own->check_all();  // a writer's claims check as they open
    const auto& here = layers.own->place();
    parts.bulletin = std::make_unique<sqlite_bulletin>(here, options.access, world);
    parts.checkpoints = std::make_unique<sqlite_checkpoints>(here, options.access);
    parts.snapshots = std::move(layers.snapshots);
    parts.index = std::move(layers.index);
    parts.log = std::move(layers.log);
    parts.keep = std::move(keep);
    return parts;
}

error no_store(const store_place& place) {
    const auto* const why = read_unfinished_copy(place.vfs, place.directory)
                                ? "an import, backup or restore into it was not finished; run it again"
                                : "there is no store";
    return error(errc::not_found, fmt::format("opening {}: {}", place.directory.string(), why));
}

/// What to do where a copy was broken off: a new one begins anew, a backup goes on, and nobody else may have it.
std::optional<manifest> take_up_copy(const store_place& place, const sqlite_options& options) {
    auto unfinished = read_unfinished_copy(place.vfs, place.directory);
    if (!unfinished) return std::nullopt;
    if (!options.identity) throw no_store(place);
    if (options.mode != open_mode::create) return unfinished;
    forget_copy(place.directory);
    return std::nullopt;
}

store_parts open_for_writing(store_place place, const sqlite_options& options) {
    const auto is_platform = is_platform_vfs(place.vfs);
    if (is_platform) {
        if (options.mode == open_mode::open_existing && !fs::exists(place.directory / manifest_name))
            throw no_store(place);
        make_directory(place.directory);
        refuse_network_file_system(place.directory);
    }
    auto lock = std::make_shared<store_lock>(place.vfs, place.directory);
    const bool found = read_place(place);
    if (found && options.mode == open_mode::create)
        throw error(errc::already_exists, fmt::format("making {}: there is a store already", place.directory.string()));
    if (!found && options.mode == open_mode::open_existing) throw no_store(place);
    if (!found) {
        if (const auto unfinished = take_up_copy(place, options)) {
            place.store = *unfinished;
            make_missing_partitions(place);
        } else {
            place.store = make_store(place, options);
        }
    } else if (options.identity && options.identity->id == place.store.id &&
               options.identity->epoch == place.store.epoch) {
        carry_on_copy(place.directory);
    }
    return make_parts(std::move(place), options, std::move(lock));
}

store_parts open_for_reading(store_place place, const sqlite_options& options) {
    if (is_platform_vfs(place.vfs)) refuse_network_file_system(place.directory);
    if (!read_place(place)) {
        const auto unfinished =
            options.identity ? read_unfinished_copy(place.vfs, place.directory) : std::optional<manifest>();
        if (!unfinished) throw no_store(place);
        place.store = *unfinished;
    }
    place.reading = reading_mode(place);
    return make_parts(std::move(place), options, nullptr);
}

// A store that nobody can give orders to is as good as another, so failing to listen is no error.
void listen(store_core& core) {
    try {
        const auto socket = fs::path(core.directory) / "control";
        core.listening = std::make_shared<control_listener>(socket, store_verbs(core), core.world);
    } catch (const error& deaf) {
        if (core.world.observer)
            core.world.observer->on_warning(
                fmt::format("other processes cannot give orders to the store: {}", deaf.what()));
    }
}

}  // namespace

store_parts make_sqlite_parts(const std::filesystem::path& path, const sqlite_options& options) {
    store_place place{.directory = directory_of(path),
                      .vfs = options.vfs,
                      .level = options.level,
                      .wal_pages = options.wal_pages,
                      .idle_readers = options.idle_readers};
    check_options(place.directory, options);
    return options.access == access::read_write ? open_for_writing(std::move(place), options)
                                                : open_for_reading(std::move(place), options);
}

event_store open_sqlite(const std::filesystem::path& path, sqlite_options options) {
    auto parts = make_sqlite_parts(path, options);
    event_store store(std::move(parts), std::move(options.store));
    if (!is_platform_vfs(options.vfs)) return store;
    store.core()->directory = directory_of(path).string();
    if (options.access == access::read_write) listen(*store.core());
    return store;
}

std::optional<std::filesystem::path> directory_of(const event_store& store) {
    if (store.core()->directory.empty()) return std::nullopt;
    return store.core()->directory;
}

}  // namespace leftfold::inline v0
