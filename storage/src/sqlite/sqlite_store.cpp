#include "leftfold/storage/sqlite_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/observer.hpp"
#include "sqlite/network_file_system.hpp"
#include "sqlite/partition_schema.hpp"
#include "sqlite/raw_file.hpp"
#include "sqlite/run_index.hpp"
#include "sqlite/sqlite_bulletin.hpp"
#include "sqlite/sqlite_checkpoints.hpp"
#include "sqlite/sqlite_log.hpp"
#include "sqlite/sqlite_snapshots.hpp"
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

// `a/b/` and `a/b` are one store; the last part is its name.
fs::path directory_of(const fs::path& path) {
    if (path.empty()) return {};  // which the check of names refuses
    auto whole = fs::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

void make_directory(const fs::path& directory) {
    std::error_code failed;
    if (!fs::create_directories(directory, failed) && !failed) return;
    if (failed)
        throw error(failed == std::errc::permission_denied || failed == std::errc::read_only_file_system
                        ? errc::read_only
                        : errc::io_error,
                    fmt::format("making the directory {}: {}", directory.string(), failed.message()));
    // The new name in the parent directory is to survive a power cut, too.
    const int parent = ::open(directory.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return;
    ::fsync(parent);
    ::close(parent);
}

// Whether the file may be thrown away: a power cut during the making of a store leaves such files, without a manifest.
bool has_events(const store_place& place, partition_id partition) {
    connection db(place.partition_file(partition), {.mode = file_access::read_write, .vfs = place.vfs});
    if (db.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'event'") == 0) return false;
    return db.query_number("SELECT count(*) FROM (SELECT 1 FROM event LIMIT 1)") != 0;
}

void make_partitions(const store_place& place) {
    for (std::uint32_t i = 0; i != place.store.partitions; ++i) {
        const partition_id partition{i};
        const auto file = place.partition_file(partition);
        if (file_exists(place.vfs, file)) {
            if (has_events(place, partition))
                throw error(errc::corrupt, fmt::format("opening {}: there are events, but no manifest", file.string()));
            for (const auto* suffix : {"", "-wal", "-shm"}) delete_file(place.vfs, file.string() + suffix);
        }
        connection db(file, {.mode = file_access::create, .vfs = place.vfs});
        create_partition(db, place.store, partition);
    }
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

// On media that nobody can write, SQLite can read only a database without a WAL, and only when told that nothing
// changes.
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

store_parts make_parts(store_place place, const sqlite_options& options, std::shared_ptr<void> keep) {
    const auto world = complete(options.store.world);
    store_parts parts{.id = place.store.id,
                      .epoch = place.store.epoch,
                      .partitions = place.store.partitions,
                      .access = options.access};
    auto log = std::make_unique<sqlite_log>(std::move(place), options.access);
    if (options.access == access::read_only) log->check_all();  // a writer's claims check as they open
    parts.bulletin = std::make_unique<sqlite_bulletin>(log->place(), options.access, world);
    parts.snapshots = std::make_unique<sqlite_snapshots>(log->place(), options.access);
    parts.checkpoints = std::make_unique<sqlite_checkpoints>(log->place(), options.access);
    parts.index = std::make_unique<run_index>(
        *log, parts.partitions, log->place().directory,
        run_index_options{.mode = parts.access == access::read_write ? file_access::create : log->place().reading,
                          .vfs = log->place().vfs,
                          .world = world});
    parts.log = std::move(log);
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
    auto found = read_manifest(place.vfs, place.directory);
    if (found && options.mode == open_mode::create)
        throw error(errc::already_exists, fmt::format("making {}: there is a store already", place.directory.string()));
    if (!found && options.mode == open_mode::open_existing) throw no_store(place);
    if (!found)
        found = take_up_copy(place, options);
    else if (options.identity && options.identity->id == found->id && options.identity->epoch == found->epoch)
        carry_on_copy(place.directory);
    place.store = found ? *found : make_store(place, options);
    return make_parts(std::move(place), options, std::move(lock));
}

store_parts open_for_reading(store_place place, const sqlite_options& options) {
    if (is_platform_vfs(place.vfs)) refuse_network_file_system(place.directory);
    auto found = read_manifest(place.vfs, place.directory);
    if (!found && options.identity) found = read_unfinished_copy(place.vfs, place.directory);
    if (!found) throw no_store(place);
    place.store = *found;
    place.reading = reading_mode(place);
    return make_parts(std::move(place), options, nullptr);
}

// A store that nobody can give orders to is as good as another, so failing to listen is no error.
void listen(store_core& core, const fs::path& socket) {
    try {
        core.listening = std::make_shared<control_listener>(socket, store_verbs(core), core.world);
    } catch (const error& deaf) {
        if (core.world.observer)
            core.world.observer->on_warning(
                fmt::format("other processes cannot give orders to the store: {}", deaf.what()));
    }
}

}  // namespace

store_parts make_sqlite_parts(const std::filesystem::path& path, const sqlite_options& options) {
    store_place place{
        .directory = directory_of(path), .vfs = options.vfs, .level = options.level, .wal_pages = options.wal_pages};
    check_options(place.directory, options);
    return options.access == access::read_write ? open_for_writing(std::move(place), options)
                                                : open_for_reading(std::move(place), options);
}

event_store open_sqlite(const std::filesystem::path& path, sqlite_options options) {
    auto parts = make_sqlite_parts(path, options);
    event_store store(std::move(parts), std::move(options.store));
    if (options.access == access::read_write && is_platform_vfs(options.vfs))
        listen(*store.core(), directory_of(path) / "control");
    return store;
}

}  // namespace leftfold::inline v0
