#include "inline_side.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"
#include "model_database.hpp"
#include "projection_access.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

namespace {

class row_write final : public row_statement {
public:
    explicit row_write(sqlite::statement& of) : statement_(of) {}
    void run(cell_binder bind) override {
        statement_writer out(statement_);
        bind(out);
        statement_.run();
    }

private:
    sqlite::statement& statement_;
};

[[noreturn]] void refuse_past() {
    throw error(errc::unsupported, "asking a table for the past inside `on`: only the handle answers");
}

}  // namespace

void inline_side::begin_event(const event_view& event) {
    stream_ = fmt::format("{}-{}", event.category, event.key);
    routing_ = routing_key(event.key);
}

void inline_side::check(std::string_view table, std::string_view key) {
    if (routing_key(key) == routing_) return;
    throw error(errc::invalid_argument,
                fmt::format("writing row {} of table {} inline, for an event of stream {}: the row's key has to have "
                            "the stream's routing key, as {} or {{{}}}/… do",
                            key, table, stream_, routing_, routing_));
}

void inline_side::flush() {
    for (auto* part : projection_access::parts(projection_)) part->flush(*this);
}

void inline_side::settle() {
    for (auto* part : projection_access::parts(projection_)) part->show_event(*this);
}

sqlite::statement& inline_side::prepared(const std::string& sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    return statements_.emplace(sql, prepare(*on_, sql)).first->second;
}

void inline_side::select(const std::string& sql, cell_binder bind, cell_visitor row) {
    visit_rows(prepared(sql), bind, row);
}

void inline_side::execute(const std::string& sql, cell_binder) {
    throw error(errc::unsupported, "running \"" + sql + "\" in an append's transaction");
}

std::unique_ptr<row_statement> inline_side::writer(const std::string& sql) {
    return std::make_unique<row_write>(prepared(sql));
}

void inline_side::await(recorded_at) { refuse_past(); }

void inline_side::await(const moment&) { refuse_past(); }

recorded_at inline_side::time_of(const cut&) { refuse_past(); }

}  // namespace leftfold::inline v0::detail
