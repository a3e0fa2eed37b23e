#include "read_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "leftfold/storage/error.hpp"
#include "parked_queue.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

void read_side::select(const std::string& sql, cell_binder bind, cell_visitor row) {
    rows_->read([&](reader_pool::reader& reader) { visit_rows(reader.prepared(sql), bind, row); });
}

void read_side::execute(const std::string& sql, cell_binder) {
    throw error(errc::read_only, "running \"" + sql + "\" outside `on`");
}

std::vector<parked_key> read_side::parked() {
    std::vector<parked_key> all;
    rows_->read([&](reader_pool::reader& reader) { all = read_parked(reader.prepared(select_parked), projection_); });
    return all;
}

std::vector<position> read_side::waiting(const stream_id& stream) {
    std::vector<position> all;
    const auto text = to_string(stream);
    rows_->read([&](reader_pool::reader& reader) {
        auto& select = reader.prepared(
            "SELECT position FROM leftfold_waiting WHERE projection = ?1 AND stream = ?2 ORDER BY recorded");
        const sqlite::reset_at_end end(select);
        select.bind_text(1, projection_).bind_text(2, text);
        while (select.step()) all.push_back(parse_position(select.text(0)));
    });
    return all;
}

void read_side::check_complete(recorded_at when) {
    if (!rows_->parks()) return;
    std::string stream;
    recorded_at since;
    rows_->read([&](reader_pool::reader& reader) {
        auto& select = reader.prepared(
            "SELECT stream, since FROM leftfold_parked WHERE projection = ?1 AND since <= ?2 ORDER BY since LIMIT 1");
        const sqlite::reset_at_end end(select);
        select.bind_text(1, projection_).bind(2, when.micros());
        if (!select.step()) return;
        stream = select.text(0);
        since = recorded_at::from_micros(select.number(1));
    });
    if (!stream.empty())
        throw error(errc::incomplete,
                    fmt::format("asking projection {} for its rows as of {}: events of stream {} are parked since {}",
                                projection_, to_rfc3339(when.time()), stream, to_rfc3339(since.time())));
}

std::unique_ptr<row_statement> read_side::writer(const std::string& sql) {
    throw error(errc::read_only, "running \"" + sql + "\" outside `on`");
}

recorded_at time_of_cut(event_store& store, const cut& where) {
    auto last = recorded_at::from_micros(0);
    for (std::uint32_t p = 0; p != where.partitions(); ++p) {
        const auto at = where.at(partition_id(p));
        if (at == offset{}) continue;
        store.read_at(partition_id(p), std::span(&at, 1), payloads::skip, [&](const event_view& event) {
            last = std::max(last, event.recorded);
            return true;
        });
    }
    if (store.cut_at(last) != where)
        throw error(errc::invalid_argument,
                    "asking a table for its rows at the cut " + to_string(where) + ": no time has this cut");
    return last;
}

void check_same_store(const moment& then, const checkpoint& of, const std::string& doing) {
    if (of.store == then.store() && of.epoch == then.epoch()) return;
    throw error(errc::other_history,
                doing + ": the moment " + to_string(then) +
                    " is of another store than the rows were made from, or that was restored since");
}

}  // namespace leftfold::inline v0::detail
