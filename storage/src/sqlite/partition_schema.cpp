#include "sqlite/partition_schema.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "sqlite/event_rows.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

// The text is part of the format (docs/storage_format.md): a test compares it with a golden digest.
constexpr auto partition_tables = R"(
CREATE TABLE event(
    "offset" INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    category TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    id BLOB NOT NULL,
    headers BLOB NOT NULL,
    chain BLOB NOT NULL,
    payload_crc INTEGER NOT NULL,
    envelope_crc INTEGER NOT NULL,
    payload NOT NULL
);
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER event_is_never_replaced BEFORE INSERT ON event
WHEN NEW."offset" <= (SELECT max("offset") FROM event)
BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END;
CREATE TABLE store(
    id BLOB NOT NULL,
    partition INTEGER NOT NULL,
    partitions INTEGER NOT NULL
);
CREATE TABLE fence(
    epoch INTEGER NOT NULL,
    owner TEXT NOT NULL,
    settled INTEGER NOT NULL
);
INSERT INTO fence VALUES(0, '', 0);
PRAGMA application_id = 0x4C464C44;
PRAGMA user_version = 1;
)";
static_assert(application_id == 0x4C464C44 && format_version == 1, "the schema's text says the same");

std::string_view id_bytes(const store_id& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

// Checks that the last row's chain hash follows from the row before it.
void check_tail(connection& db, partition_id partition, const partition_head& before_all) {
    statement tail(db, R"(SELECT "offset", recorded_at, occurred_at, category, key, version, type, id, headers, chain,
                                 payload_crc, envelope_crc, payload
                          FROM event ORDER BY "offset" DESC LIMIT 2)");
    const reset_at_end guard(tail);
    if (!tail.step()) return;
    auto view = read_envelope(tail, partition);
    read_payload(tail, view);
    const recorded_event last(view);
    auto before = before_all.chain;
    if (tail.step()) {
        const auto previous = read_envelope(tail, partition);
        if (previous.at.next() != last.at) throw_corrupt(last.position(), "the event before it is missing");
        before = previous.integrity.chain;
    } else if (last.at != before_all.at.next()) {
        throw_corrupt(last.position(), "the events before it are missing");
    }
    if (chain_hasher().next(before, last.view()) != last.integrity.chain)
        throw_corrupt(last.position(), "the chain hash does not follow from the event before it");
}

}  // namespace

void create_partition(connection& db, const manifest& store, partition_id partition, std::int64_t claims) {
    // Both must come before the first table, and neither can be changed inside of a transaction.
    db.execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL");
    transaction change(db);
    db.execute(partition_tables);
    statement(db, "INSERT INTO store VALUES(?1, ?2, ?3)")
        .bind_blob(1, id_bytes(store.id))
        .bind(2, partition.value())
        .bind(3, store.partitions)
        .run();
    statement(db, "UPDATE fence SET epoch = ?1").bind(1, claims).run();
    change.commit();
}

void check_format(connection& db) {
    const auto name = db.file().string();
    if (db.query_number("PRAGMA application_id") != application_id)
        throw error(errc::foreign_file, fmt::format("opening {}: it is not a file of leftfold's", name));
    const auto format = db.query_number("PRAGMA user_version");
    if (format > format_version)
        throw error(errc::newer_format, fmt::format("opening {}: its format is {}, this build reads up to {}", name,
                                                    format, format_version));
}

bool has_partition(connection& db) {
    return db.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'event'") != 0;
}

void check_partition(connection& db, const manifest& store, partition_id partition, const partition_head& before) {
    check_format(db);
    statement query(db, "SELECT id, partition, partitions FROM store");
    const reset_at_end guard(query);
    if (!query.step())
        throw error(errc::corrupt, fmt::format("opening {}: its table \"store\" is empty", db.file().string()));
    if (query.blob(0) != id_bytes(store.id))
        throw error(errc::foreign_file, fmt::format("opening {}: it belongs to another store", db.file().string()));
    if (query.number(1) != partition.value() || query.number(2) != store.partitions)
        throw error(errc::corrupt,
                    fmt::format("opening {}: it is partition {} of {}, expected {} of {}", db.file().string(),
                                query.number(1), query.number(2), partition.value(), store.partitions));
    check_tail(db, partition, before);
}

}  // namespace leftfold::inline v0::sqlite
