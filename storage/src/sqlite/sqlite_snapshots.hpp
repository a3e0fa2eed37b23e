#pragma once

#include "leftfold/storage/snapshot_store.hpp"
#include "sqlite/kept_database.hpp"

namespace leftfold::inline v0::sqlite {

/// Snapshots in the file `snapshots.db`: WAL with synchronous=NORMAL, since losing some costs time only.
class sqlite_snapshots final : public snapshot_store {
public:
    sqlite_snapshots(const store_place& place, leftfold::access access);

    void save(const snapshot& made) override;
    std::optional<snapshot> find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                 recorded_at not_after) override;
    std::size_t drop(const stream_id& stream, version from, version to) override;

private:
    kept_database database_;
    // Of its connection, under its lock; prepared when they are first needed.
    statement insert_;
    statement find_by_version_;
    statement find_by_time_;
};

}  // namespace leftfold::inline v0::sqlite
