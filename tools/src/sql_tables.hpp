#pragma once

#include "leftfold/storage/event_store.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::tools {

/// Gives a connection the tables `events` and `streams` over a store (semantics 30): virtual ones, read through the
/// store's own readers, whatever the number of partitions.
///
/// `events` has the columns partition, "offset", recorded, occurred, category, key, version, type, id, headers (JSON: a
/// list of pairs) and payload. Conditions on partition, offset, recorded, category and type are pushed down, so that
/// rows that do not match are not built, and a payload that is not asked for is not read. `streams` has category, key,
/// versions, first_recorded, last_recorded. Times are RFC 3339 text. Both show the store as of the cut.
///
/// The store must live as long as the connection.
void add_store_tables(sqlite::connection& to, event_store& store, const cut& as_of);

}  // namespace leftfold::inline v0::tools
