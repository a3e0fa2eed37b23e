#pragma once

#include "leftfold/storage/partition_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/manifest.hpp"

namespace leftfold::inline v0::sqlite {

/// The application_id of every database of a store: "LFLD" in the file's header, so that file(1) can tell.
inline constexpr std::int64_t application_id = 0x4C464C44;

/// Makes the tables and triggers of a partition in an empty database, in one transaction. `claims` is how often it was
/// claimed before it had a file.
void create_partition(connection& db, const manifest& store, partition_id partition, std::int64_t claims = 0);

/// Whether the database has the tables of a partition. One whose making was broken off has not.
bool has_partition(connection& db);

/// Checks that the database is this partition of this store, in a format that we read, and that its last two rows are
/// whole and chained; the first row of all follows `before`. Throws errc::foreign_file, newer_format or corrupt. Costs
/// two rows.
void check_partition(connection& db, const manifest& store, partition_id partition, const partition_head& before);

/// Checks application_id and user_version alone; what every database of a store passes before anything else is read.
void check_format(connection& db);

}  // namespace leftfold::inline v0::sqlite
