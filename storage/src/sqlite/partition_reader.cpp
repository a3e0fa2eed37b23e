#include "sqlite/partition_reader.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "sqlite/event_rows.hpp"
#include "sqlite/failure.hpp"
#include "sqlite/partition_schema.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

struct match_context {
    const event_filter*& filter;
    bool& matched;
};

std::string_view argument(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

// SQLite reads every column of a result row before it hands the row over, so a payload that must not be touched has to
// stand behind a condition: this one. It runs once a row and remembers its answer.
void matches(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto& asked = *static_cast<match_context*>(sqlite3_user_data(context));
    event_view envelope;
    envelope.category = argument(arguments[0]);
    envelope.type = argument(arguments[1]);
    envelope.metadata = headers_view(argument(arguments[2]));
    asked.matched = asked.filter->matches(envelope);
    sqlite3_result_int(context, asked.matched);
}

}  // namespace

partition_reader::partition_reader(const std::filesystem::path& file, partition_id partition,
                                   const connection_options& options)
    : partition_(partition), db_(file, options), chosen_(db_) {
    check_format(db_);
    add_matching_function();
    head_ = prepare_head(db_);
}

void partition_reader::add_matching_function() {
    const int code = sqlite3_create_function_v2(db_.handle(), "leftfold_matches", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                                new match_context{filter_, matched_}, matches, nullptr, nullptr,
                                                [](void* context) { delete static_cast<match_context*>(context); });
    if (code != SQLITE_OK) fail(db_.handle(), "adding the filter function");
}

partition_head partition_reader::head() { return read_head(head_, partition_); }

statement& partition_reader::rows_for(const event_filter& filter, payloads wanted) {
    if (wanted == payloads::skip)
        return prepare_once(envelopes_, db_,
                            R"(SELECT "offset", recorded_at, occurred_at, category, key, version, type, id, headers,
                                      chain, payload_crc, envelope_crc
                               FROM event WHERE "offset" > ?1 AND "offset" <= ?2 ORDER BY "offset")");
    if (filter.empty())
        return prepare_once(events_, db_,
                            R"(SELECT "offset", recorded_at, occurred_at, category, key, version, type, id, headers,
                                      chain, payload_crc, envelope_crc, payload
                               FROM event WHERE "offset" > ?1 AND "offset" <= ?2 ORDER BY "offset")");
    return prepare_once(matching_events_, db_,
                        R"(SELECT "offset", recorded_at, occurred_at, category, key, version, type, id, headers,
                                  chain, payload_crc, envelope_crc,
                                  CASE WHEN leftfold_matches(category, type, headers) THEN payload END
                           FROM event WHERE "offset" > ?1 AND "offset" <= ?2 ORDER BY "offset")");
}

/// The rows of the offsets that are shown, in their order: SQLite keeps to that of a CROSS JOIN.
statement& partition_reader::chosen_rows(payloads wanted) {
    if (wanted == payloads::skip)
        return prepare_once(chosen_envelopes_, db_,
                            R"(SELECT "offset", recorded_at, occurred_at, category, key, version, type, id, headers,
                                      chain, payload_crc, envelope_crc
                               FROM leftfold_offsets CROSS JOIN event ON "offset" = value)");
    return prepare_once(chosen_events_, db_,
                        R"(SELECT "offset", recorded_at, occurred_at, category, key, version, type, id, headers,
                                  chain, payload_crc, envelope_crc, payload
                           FROM leftfold_offsets CROSS JOIN event ON "offset" = value)");
}

page_end partition_reader::read(offset after, const page_limits& limits, const event_filter& filter, payloads wanted,
                                event_sink sink) {
    auto& rows = rows_for(filter, wanted);
    rows.bind(1, after.value()).bind(2, limits.up_to.value());
    filter_ = &filter;
    const reset_at_end guard(rows);
    return scan(rows, after, limits, filter, wanted, sink);
}

page_end partition_reader::scan(statement& rows, offset after, const page_limits& limits, const event_filter& filter,
                                payloads wanted, event_sink sink) {
    page_end end{after, false};
    std::size_t given = 0;
    std::size_t bytes = 0;
    std::size_t scanned = 0;
    while (rows.step()) {
        // The row beyond the page: it says only that there is one.
        if (scanned == limits.scanned || given >= limits.events || bytes >= limits.bytes) return end;
        ++scanned;
        auto event = read_envelope(rows, partition_);
        if (event.at != end.scanned_to.next())
            throw_corrupt({partition_, end.scanned_to.next()},
                          fmt::format("the event is missing; the next one stands at {}", event.at.value()));
        end.scanned_to = event.at;
        if (!filter.empty() && !(wanted == payloads::read ? matched_ : filter.matches(event))) continue;
        if (wanted == payloads::read) read_payload(rows, event);
        ++given;
        bytes += event.payload.size();
        if (!sink(event)) {
            end.at_end = end.scanned_to >= limits.up_to || !rows.step();
            return end;
        }
    }
    end.at_end = true;
    return end;
}

void partition_reader::read_at(std::span<const offset> offsets, payloads wanted, event_sink sink) {
    auto& rows = chosen_rows(wanted);
    chosen_.show(offsets);
    const reset_at_end guard(rows);
    for (const auto at : offsets) {
        const bool is_one = rows.step();
        auto event = is_one ? read_envelope(rows, partition_) : event_view();
        if (!is_one || event.at != at) throw_corrupt({partition_, at}, "there is no such event");
        if (wanted == payloads::read) read_payload(rows, event);
        if (!sink(event)) return;
    }
}

reader_pool::lease reader_pool::take() {
    {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            auto reader = std::move(idle_.back());
            idle_.pop_back();
            return {*this, std::move(reader)};
        }
    }
    return {*this, std::make_unique<partition_reader>(file_, partition_, options_)};
}

void reader_pool::give_back(std::unique_ptr<partition_reader> reader) {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < kept_) idle_.push_back(std::move(reader));
}

void reader_pool::close_idle() {
    const std::scoped_lock lock(mutex_);
    idle_.clear();
}

}  // namespace leftfold::inline v0::sqlite
