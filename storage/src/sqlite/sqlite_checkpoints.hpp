#pragma once

#include "leftfold/storage/checkpoint_store.hpp"
#include "sqlite/kept_database.hpp"

namespace leftfold::inline v0::sqlite {

/// Checkpoints of consumers that keep nothing of their own, in the file `checkpoints.db`: WAL with synchronous=FULL, so
/// that a relay does not repeat what it has said to be done.
class sqlite_checkpoints final : public checkpoint_store {
public:
    sqlite_checkpoints(const store_place& place, leftfold::access access);

    void save(std::string_view consumer, const checkpoint& reached) override;
    std::optional<checkpoint> load(std::string_view consumer) override;
    void drop(std::string_view consumer) override;

private:
    kept_database database_;
};

}  // namespace leftfold::inline v0::sqlite
