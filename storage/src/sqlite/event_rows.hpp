#pragma once

#include "leftfold/storage/event.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::sqlite {

/// The columns of a row, in the order of the table and of every statement here; docs/storage_format.md describes them.
enum class event_column : int {
    at,
    recorded_at,
    occurred_at,
    category,
    key,
    version,
    type,
    id,
    headers,
    chain,
    payload_crc,
    envelope_crc,
    payload,
};

/// Whether a payload is stored as TEXT, so that a shell shows it: its content type says JSON or text, and it is UTF-8
/// without NUL. Either way its bytes are stored as they are.
bool is_stored_as_text(const event_view& event);

/// Prepares the insertion of a row.
statement prepare_insert(connection& on);

/// Stores one event.
void insert(statement& prepared, const event_view& event);

/// Reads the row that the statement stands on, without its payload, and checks the envelope's checksum. Throws
/// errc::corrupt, naming partition and offset.
event_view read_envelope(const statement& row, partition_id partition);

/// Reads the row's payload into the event and checks its checksum, likewise.
void read_payload(const statement& row, event_view& event);

/// Reads a partition's head with a statement from prepare_head.
statement prepare_head(connection& on);
partition_head read_head(statement& prepared, partition_id partition);

/// Throws errc::corrupt for a place of the log.
[[noreturn]] void throw_corrupt(position where, std::string_view what);

}  // namespace leftfold::inline v0::sqlite
