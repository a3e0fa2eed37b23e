#include "sqlite/sqlite_checkpoints.hpp"

#include <fmt/format.h>

#include <cstring>

#include "leftfold/storage/error.hpp"
#include "sqlite/stored_bytes.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

// One row per consumer and partition. The offsets of one consumer are replaced together, in one transaction.
constexpr auto checkpoint_table = R"(
CREATE TABLE checkpoint(
    consumer TEXT NOT NULL,
    partition INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    chain BLOB NOT NULL,
    store BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    PRIMARY KEY(consumer, partition)
) WITHOUT ROWID;
PRAGMA application_id = 0x4C464C44;
PRAGMA user_version = 1;
)";

void copy(std::string_view from, std::span<std::uint8_t> to, std::string_view consumer) {
    if (from.size() != to.size())
        throw error(errc::corrupt, fmt::format("reading the checkpoint of {}: a column has the wrong size", consumer));
    std::memcpy(to.data(), from.data(), to.size());
}

void erase(connection& db, std::string_view consumer) {
    statement(db, "DELETE FROM checkpoint WHERE consumer = ?1").bind_text(1, consumer).run();
}

}  // namespace

sqlite_checkpoints::sqlite_checkpoints(const store_place& place, leftfold::access access)
    : database_(place, access,
                {.name = "checkpoints.db", .schema = checkpoint_table, .synchronous = "PRAGMA synchronous = FULL"}) {}

void sqlite_checkpoints::save(std::string_view consumer, const checkpoint& reached) {
    const auto db = database_.write();
    transaction change(*db);
    erase(*db, consumer);
    statement insert(*db, R"(INSERT INTO checkpoint(consumer, partition, "offset", chain, store, epoch)
                             VALUES(?1, ?2, ?3, ?4, ?5, ?6))");
    for (std::uint32_t i = 0; i != reached.consumed.partitions(); ++i) {
        const auto chain = i < reached.chains.size() ? reached.chains[i] : chain_hash{};
        insert.bind_text(1, consumer)
            .bind(2, i)
            .bind(3, reached.consumed.at(partition_id{i}).value())
            .bind_blob(4, as_blob(chain))
            .bind_blob(5, as_blob(reached.store.bytes))
            .bind(6, reached.epoch.value())
            .run();
    }
    change.commit();
}

std::optional<checkpoint> sqlite_checkpoints::load(std::string_view consumer) {
    const auto db = database_.read();
    if (!db.is_there()) return std::nullopt;
    statement query(*db,
                    R"(SELECT "offset", chain, store, epoch FROM checkpoint WHERE consumer = ?1 ORDER BY partition)");
    query.bind_text(1, consumer);
    checkpoint found;
    std::vector<offset> offsets;
    while (query.step()) {
        offsets.emplace_back(query.number(0));
        copy(query.blob(1), found.chains.emplace_back(), consumer);
        copy(query.blob(2), found.store.bytes, consumer);
        found.epoch = store_epoch{query.number(3)};
    }
    if (offsets.empty()) return std::nullopt;
    found.consumed = cut(std::move(offsets));
    return found;
}

void sqlite_checkpoints::drop(std::string_view consumer) {
    const auto db = database_.write();
    erase(*db, consumer);
}

}  // namespace leftfold::inline v0::sqlite
