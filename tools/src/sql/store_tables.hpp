#pragma once

#include "sql/shown_store.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::tools {

/// Gives a connection the tables `events` and `streams` over a store (semantics 30): virtual ones, read through the
/// store's own readers, whatever the number of partitions.
///
/// `events` has the columns partition, "offset", recorded, occurred, category, key, version, type, id, headers (JSON: a
/// list of pairs) and payload. `streams` has category, key, versions, first_recorded, last_recorded. Both show the
/// store as of its cut. Times are RFC 3339 text, always with six fractional digits, so that they sort.
///
/// Conditions on partition, offset, recorded, category and type are pushed down, so that rows that do not match are not
/// built, and a payload that is not asked for is not read. A condition on recorded that is pushed down compares
/// instants, in whatever form of RFC 3339 they are written; what is not a time is an error.
///
/// What is shown must live as long as the connection, which SQLite uses from one thread at a time.
void add_store_tables(sqlite::connection& to, shown_store& shown);

}  // namespace leftfold::inline v0::tools
