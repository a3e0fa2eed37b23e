#include "read_side.hpp"

#include <algorithm>
#include <span>

#include "leftfold/storage/error.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

void read_side::select(const std::string& sql, cell_binder bind, cell_visitor row) {
    rows_->read([&](reader_pool::reader& reader) {
        auto& query = reader.prepared(sql);
        const sqlite::reset_at_end end(query);
        statement_writer out(query);
        bind(out);
        while (query.step()) {
            statement_reader in(query);
            if (!row(in)) break;
        }
    });
}

void read_side::execute(const std::string& sql, cell_binder) {
    throw error(errc::read_only, "running \"" + sql + "\" outside `on`");
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

}  // namespace leftfold::inline v0::detail
