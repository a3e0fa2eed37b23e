#include "write_side.hpp"

#include <sqlite3.h>

#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Calls what may part memory from transaction, and remembers when it failed.
template <class F>
void guarded(bool& broken, F&& f) {
    try {
        f();
    } catch (...) {
        broken = true;
        throw;
    }
}

void run(sqlite::statement& statement, cell_binder bind) {
    statement_writer out(statement);
    bind(out);
    try {
        statement.run();
    } catch (const error& failed) {
        // A broken constraint is the fault of the row, not of the file.
        if (sqlite3_errcode(sqlite3_db_handle(statement.handle())) != SQLITE_CONSTRAINT) throw;
        throw error(errc::invalid_argument, failed.what());
    }
}

[[noreturn]] void refuse_the_past() {
    throw error(errc::unsupported, "asking a table for the past inside `on`: only the handle of the engine answers");
}

class prepared_row_statement final : public row_statement {
public:
    explicit prepared_row_statement(sqlite::statement& of) : statement_(of) {}
    void run(cell_binder bind) override { detail::run(statement_, bind); }

private:
    sqlite::statement& statement_;
};

}  // namespace

void write_side::select(const std::string& sql, cell_binder bind, cell_visitor row) {
    unless_the_file_fails(broken_, database_.connection(), [&] {
        auto& query = database_.prepared(sql);
        if (sqlite3_stmt_readonly(query.handle()) == 0)
            throw error(errc::invalid_argument, "running \"" + sql + "\" as a query, which changes rows: execute it");
        visit_rows(query, bind, row);
    });
}

void write_side::execute(const std::string& sql, cell_binder bind) {
    settle();
    unless_the_file_fails(broken_, database_.connection(), [&] {
        auto& statement = database_.prepared(sql);
        // Statements that SQLite calls read-only beside queries are those that open and end transactions.
        if (sqlite3_stmt_readonly(statement.handle()) != 0)
            throw error(errc::invalid_argument, "running \"" + sql + "\", which changes no rows");
        run(statement, bind);
    });
}

std::unique_ptr<row_statement> write_side::writer(const std::string& sql) {
    return std::make_unique<prepared_row_statement>(database_.prepared(sql));
}

void write_side::settle() {
    if (projection_access::writers(projection_) != nullptr)
        throw error(errc::unsupported,
                    "reading many rows inside `on` of a projection that parks keys: it finds rows by their key only");
    if (projection_access::has_lanes(projection_))
        throw error(
            errc::unsupported,
            "reading many rows inside `on` of a projection that folds per partition: it finds rows by their key "
            "only");
    guarded(broken_, [&] {
        if (!in_event_) {
            flush();
            database_.run("SAVEPOINT event");
            in_event_ = true;
        }
        for (auto* part : projection_access::parts(projection_)) part->show_event(*this);
    });
}

void write_side::flush() {
    guarded(broken_, [&] {
        if (!database_.in_transaction()) database_.begin();
        written_ = true;
        for (auto* part : projection_access::parts(projection_)) part->flush(*this);
    });
}

void write_side::event_ended() {
    if (!in_event_) return;
    in_event_ = false;
    guarded(broken_, [&] { database_.run("RELEASE event"); });
}

void write_side::event_failed() {
    if (!in_event_) return;
    in_event_ = false;
    // SQLite rolls a whole transaction back by itself after some failures; then earlier events are gone from it too.
    if (!database_.in_transaction()) {
        broken_ = true;
        return;
    }
    guarded(broken_, [&] { database_.run("ROLLBACK TO event; RELEASE event"); });
}

void write_side::await(recorded_at) { refuse_the_past(); }
void write_side::await(const moment&) { refuse_the_past(); }
recorded_at write_side::time_of(const cut&) { refuse_the_past(); }

}  // namespace leftfold::inline v0::detail
