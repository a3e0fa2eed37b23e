#include "leftfold/projections/change_feed.hpp"

#include <atomic>

#include "attached_models.hpp"
#include "deadline.hpp"
#include "file_rows.hpp"
#include "leftfold/storage/error.hpp"
#include "row_changes.hpp"
#include "sqlite/doorbell.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

namespace {

historic_table historic_table_of(const table_core& table, const std::string& projection) {
    historic_table of{.schema = main_schema,
                      .name = table.name(),
                      .projection = projection,
                      .columns = {},
                      .key = table.type().key,
                      .history_from = table.options().history_from};
    for (const auto& each : table.type().columns) of.columns.push_back({std::string(each.name), {}});
    return of;
}

}  // namespace

struct feed_core::parts {
    file_rows& rows;
    historic_table of;
    change_reader reader;
    std::size_t page;
    sqlite::doorbell bell;
    std::atomic<bool> is_interrupted{false};
};

feed_core::feed_core(const opened_model& model, const table_core& table, change_feed_options options) {
    const auto doing = "following the changes of table " + table.name();
    if (!table.options().history) throw error(errc::unsupported, doing + ": it was made without history");
    if (options.page_changes == 0) throw error(errc::invalid_argument, doing + ": a page of none");
    auto& rows = model.rows();
    parts_ = std::unique_ptr<parts>(new parts{.rows = rows,
                                              .of = historic_table_of(table, rows.projection()),
                                              .reader = change_reader(options.from),
                                              .page = options.page_changes,
                                              .bell = {bell_of(rows.database()), sqlite::doorbell::role::reader}});
    // Finds where it begins: what is committed from here on comes.
    rows.read([&](reader_pool::reader& reader) {
        parts_->reader.read(reader.connection(), parts_->of, 0, [](const change_position&, sqlite::statement&) {});
    });
}

feed_core::~feed_core() = default;
feed_core::feed_core(feed_core&&) noexcept = default;
feed_core& feed_core::operator=(feed_core&&) noexcept = default;

std::size_t feed_core::read(taker take) {
    std::size_t taken = 0;
    auto reader = parts_->reader;  // which moves on when the whole page is read
    parts_->rows.read([&](reader_pool::reader& from) {
        taken = reader.read(from.connection(), parts_->of, parts_->page,
                            [&](const change_position& at, sqlite::statement& row) {
                                statement_reader in(row);
                                in.integer();
                                const bool was_there = in.integer() != 0;
                                const bool is_there = in.integer() != 0;
                                take(at, was_there, is_there, in);
                            });
    });
    parts_->reader = reader;
    return taken;
}

std::size_t feed_core::read(std::chrono::milliseconds at_most, taker take) {
    const auto deadline = deadline_after(at_most);
    for (;;) {
        parts_->bell.look();  // from here on no ring is lost
        if (const auto taken = read(take)) return taken;
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left <= left.zero() || parts_->is_interrupted.exchange(false)) return 0;
        parts_->bell.wait(std::chrono::ceil<std::chrono::microseconds>(left));
    }
}

change_position feed_core::position() const { return *parts_->reader.position(); }

void feed_core::interrupt() {
    parts_->is_interrupted = true;
    parts_->bell.interrupt();
}

}  // namespace leftfold::inline v0::detail
