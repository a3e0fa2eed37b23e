#include "sqlite/sqlite_snapshots.hpp"

#include <bit>
#include <cstring>

#include "leftfold/storage/error.hpp"
#include "sqlite/stored_bytes.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

// One row per stream and version. The checksum covers the state; the rest is compared with the log by whoever uses it.
constexpr auto snapshot_table = R"(
CREATE TABLE snapshot(
    category TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    chain BLOB NOT NULL,
    store BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY(category, key, version)
) WITHOUT ROWID;
PRAGMA application_id = 0x4C464C44;
PRAGMA user_version = 1;
)";

// A question about the past knows the time alone. A stream has as many snapshots as it is long; with their states they
// are not to be gone through.
constexpr auto index_by_time = "CREATE INDEX IF NOT EXISTS snapshot_by_time ON snapshot(category, key, recorded_at)";

constexpr auto newest_by_version = R"(
SELECT version, recorded_at, partition, "offset", chain, store, epoch, crc, state FROM snapshot
WHERE category = ?1 AND key = ?2 AND version <= ?3 AND recorded_at <= ?4 AND fingerprint = ?5
ORDER BY version DESC)";

// The same in the order of the other index: later versions were recorded later.
constexpr auto newest_by_time = R"(
SELECT version, recorded_at, partition, "offset", chain, store, epoch, crc, state FROM snapshot
WHERE category = ?1 AND key = ?2 AND +version <= ?3 AND recorded_at <= ?4 AND fingerprint = ?5
ORDER BY recorded_at DESC)";

template <std::size_t N>
bool copy(std::string_view from, std::array<std::uint8_t, N>& to) {
    if (from.size() != N) return false;
    std::memcpy(to.data(), from.data(), N);
    return true;
}

// Nothing when the row is damaged: a snapshot is only ever a shortcut.
std::optional<snapshot> read_row(const statement& row, const stream_id& stream, std::uint64_t fingerprint) {
    snapshot found;
    found.stream = stream;
    found.fingerprint = fingerprint;
    found.version = version{row.number(0)};
    found.recorded = recorded_at::from_micros(row.number(1));
    found.position = {partition_id{static_cast<std::uint32_t>(row.number(2))}, offset{row.number(3)}};
    found.epoch = store_epoch{row.number(6)};
    found.state = row.blob(8);
    const auto is_whole = copy(row.blob(4), found.chain) && copy(row.blob(5), found.store.bytes) &&
                          crc32c(found.state) == static_cast<std::uint32_t>(row.number(7));
    return is_whole ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace

sqlite_snapshots::sqlite_snapshots(const store_place& place, leftfold::access access)
    : database_(place, access,
                {.name = "snapshots.db",
                 .schema = snapshot_table,
                 .additions = index_by_time,
                 .synchronous = "PRAGMA synchronous = NORMAL"}) {}

void sqlite_snapshots::save(const snapshot& made) {
    const auto db = database_.write();
    prepare_once(insert_, *db,
                 R"(INSERT OR REPLACE INTO snapshot(category, key, version, fingerprint, recorded_at, partition,
                                                    "offset", chain, store, epoch, crc, state)
                    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))")
        .bind_text(1, made.stream.category())
        .bind_text(2, made.stream.key())
        .bind(3, made.version.value())
        .bind(4, std::bit_cast<std::int64_t>(made.fingerprint))
        .bind(5, made.recorded.micros())
        .bind(6, made.position.partition.value())
        .bind(7, made.position.at.value())
        .bind_blob(8, as_blob(made.chain))
        .bind_blob(9, as_blob(made.store.bytes))
        .bind(10, made.epoch.value())
        .bind(11, crc32c(made.state))
        .bind_blob(12, made.state)
        .run();
}

std::optional<snapshot> sqlite_snapshots::find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                               recorded_at not_after) {
    const auto db = database_.read();
    if (!db.is_there()) return std::nullopt;
    auto& query = not_after == recorded_at::max() ? prepare_once(find_by_version_, *db, newest_by_version)
                                                  : prepare_once(find_by_time_, *db, newest_by_time);
    const reset_at_end guard(query);
    query.bind_text(1, stream.category())
        .bind_text(2, stream.key())
        .bind(3, at_most.value())
        .bind(4, not_after.micros())
        .bind(5, std::bit_cast<std::int64_t>(fingerprint));
    while (query.step())
        if (auto found = read_row(query, stream, fingerprint)) return found;
    return std::nullopt;
}

std::size_t sqlite_snapshots::drop(const stream_id& stream, version from, version to) {
    const auto db = database_.write();
    statement(*db, "DELETE FROM snapshot WHERE category = ?1 AND key = ?2 AND version BETWEEN ?3 AND ?4")
        .bind_text(1, stream.category())
        .bind_text(2, stream.key())
        .bind(3, from.value())
        .bind(4, to.value())
        .run();
    return static_cast<std::size_t>((*db).changes());
}

}  // namespace leftfold::inline v0::sqlite
