#include "lane_side.hpp"

#include <sqlite3.h>

#include "leftfold/storage/error.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

namespace {

[[noreturn]] void refuse_sql_in_lane(const std::string& what) {
    throw error(errc::unsupported, what +
                                       " inside `on` of a projection that folds per partition: it finds rows by "
                                       "their key only");
}

[[noreturn]] void refuse_past_in_lane() {
    throw error(errc::unsupported, "asking a table for the past inside `on`: only the handle of the engine answers");
}

}  // namespace

void lane_side::begin() {
    reads_ = true;
    broken_ = false;
}

void lane_side::end() noexcept {
    reads_ = false;
    if (!in_transaction_) return;
    in_transaction_ = false;
    sqlite3_exec(reader_->connection().handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void lane_side::open_reader() {
    try {
        reader_.emplace(place_);
    } catch (const error&) {
        broken_ = true;
        throw;
    }
}

void lane_side::select(const std::string& sql, cell_binder bind, cell_visitor row) {
    if (!reader_) open_reader();
    unless_the_file_fails(broken_, reader_->connection(), [&] {
        if (reads_ && !in_transaction_) {
            reader_->connection().execute("BEGIN");
            in_transaction_ = true;
        }
        visit_rows(reader_->prepared(sql), bind, row);
    });
}

void lane_side::execute(const std::string& sql, cell_binder) { refuse_sql_in_lane("running \"" + sql + "\""); }

std::unique_ptr<row_statement> lane_side::writer(const std::string& sql) {
    throw error(errc::read_only, "running \"" + sql + "\" in a lane, which writes nothing itself");
}

void lane_side::settle() { refuse_sql_in_lane("reading many rows"); }

void lane_side::await(recorded_at) { refuse_past_in_lane(); }
void lane_side::await(const moment&) { refuse_past_in_lane(); }
recorded_at lane_side::time_of(const cut&) { refuse_past_in_lane(); }

}  // namespace leftfold::inline v0::detail
