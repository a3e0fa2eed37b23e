#include "sqlite/event_rows.hpp"

#include <fmt/format.h>

#include <cstring>

#include "integrity.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/stored_bytes.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

constexpr int index(event_column column) { return static_cast<int>(column); }
constexpr int parameter(event_column column) { return index(column) + 1; }

template <std::size_t N>
void copy(std::string_view from, std::array<std::uint8_t, N>& to, position where, std::string_view what) {
    if (from.size() != N) throw_corrupt(where, fmt::format("the {} has {} bytes, not {}", what, from.size(), N));
    std::memcpy(to.data(), from.data(), N);
}

}  // namespace

void throw_corrupt(position where, std::string_view what) {
    throw error(errc::corrupt, fmt::format("reading {} (partition:offset): {}", to_string(where), what));
}

bool is_stored_as_text(const event_view& event) {
    const auto type = content_type(event.metadata);
    const auto media = type.substr(0, type.find(';'));
    if (media != "application/json" && !media.ends_with("+json") && !media.starts_with("text/")) return false;
    return event.payload.find('\0') == std::string_view::npos && is_utf8(event.payload);
}

statement prepare_insert(connection& on) {
    return {on,
            R"(INSERT INTO event("offset", recorded_at, occurred_at, category, key, version, type, id, headers, chain,
                                 payload_crc, envelope_crc, payload)
               VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13))"};
}

void insert(statement& prepared, const event_view& event) {
    using enum event_column;
    prepared.bind(parameter(at), event.at.value())
        .bind(parameter(recorded_at), event.recorded.micros())
        .bind(parameter(occurred_at), event.occurred.micros())
        .bind_text(parameter(category), event.category)
        .bind_text(parameter(key), event.key)
        .bind(parameter(version), event.version.value())
        .bind_text(parameter(type), event.type)
        .bind_blob(parameter(id), as_blob(event.id.bytes))
        .bind_blob(parameter(headers), event.metadata.encoded())
        .bind_blob(parameter(chain), as_blob(event.integrity.chain))
        .bind(parameter(payload_crc), event.integrity.payload_crc)
        .bind(parameter(envelope_crc), event.integrity.envelope_crc);
    if (is_stored_as_text(event))
        prepared.bind_text(parameter(payload), event.payload);
    else
        prepared.bind_blob(parameter(payload), event.payload);
    prepared.run();
}

event_view read_envelope(const statement& row, partition_id partition) {
    using enum event_column;
    event_view event;
    event.partition = partition;
    event.at = offset{row.number(index(at))};
    event.recorded = leftfold::recorded_at::from_micros(row.number(index(recorded_at)));
    event.occurred = leftfold::occurred_at::from_micros(row.number(index(occurred_at)));
    event.category = row.blob(index(category));
    event.key = row.blob(index(key));
    event.version = leftfold::version{row.number(index(version))};
    event.type = row.blob(index(type));
    copy(row.blob(index(id)), event.id.bytes, event.position(), "event id");
    event.metadata = headers_view(row.blob(index(headers)));
    copy(row.blob(index(chain)), event.integrity.chain, event.position(), "chain hash");
    event.integrity.payload_crc = static_cast<std::uint32_t>(row.number(index(payload_crc)));
    event.integrity.envelope_crc = static_cast<std::uint32_t>(row.number(index(envelope_crc)));
    check_envelope(event);
    return event;
}

void read_payload(const statement& row, event_view& event) {
    event.payload = row.blob(index(event_column::payload));
    check_payload(event);
}

statement prepare_head(connection& on) {
    return {on, R"(SELECT "offset", recorded_at, chain FROM event ORDER BY "offset" DESC LIMIT 1)"};
}

partition_head read_head(statement& prepared, partition_id partition) {
    const reset_at_end guard(prepared);
    partition_head head;
    if (!prepared.step()) return head;
    head.at = offset{prepared.number(0)};
    head.recorded = recorded_at::from_micros(prepared.number(1));
    copy(prepared.blob(2), head.chain, {partition, head.at}, "chain hash");
    return head;
}

}  // namespace leftfold::inline v0::sqlite
