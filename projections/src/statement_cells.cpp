#include "statement_cells.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "sqlite/failure.hpp"

namespace leftfold::inline v0::detail {

bool statement_reader::null() {
    if (!from_.is_null(column_)) return false;
    ++column_;
    return true;
}

/// Returns the column to read now, and refuses one that holds something else than a table of ours would.
int statement_reader::next(const char* wanted, bool (*fits)(int type)) {
    if (column_ >= sqlite3_column_count(from_.handle()))
        throw error(errc::invalid_argument, fmt::format("reading column {} of \"{}\", which has fewer", column_ + 1,
                                                        sqlite3_sql(from_.handle())));
    if (!fits(sqlite3_column_type(from_.handle(), column_)))
        throw error(errc::corrupt,
                    fmt::format("reading column {} of \"{}\": it does not hold {}",
                                sqlite3_column_name(from_.handle(), column_), sqlite3_sql(from_.handle()), wanted));
    return column_++;
}

std::int64_t statement_reader::integer() {
    return from_.number(next("an integer", [](int type) { return type == SQLITE_INTEGER; }));
}

double statement_reader::real() {
    // An expression may give a whole number where a column would give 1.0.
    return from_.real(next("a number", [](int type) { return type == SQLITE_FLOAT || type == SQLITE_INTEGER; }));
}

std::string_view statement_reader::text() {
    return from_.text(next("text", [](int type) { return type == SQLITE_TEXT; }));
}

std::string_view statement_reader::blob() {
    return from_.blob(next("bytes", [](int type) { return type == SQLITE_BLOB; }));
}

void visit_rows(sqlite::statement& query, cell_binder bind, cell_visitor row) {
    const sqlite::reset_at_end end(query);
    statement_writer out(query);
    bind(out);
    while (query.step()) {
        statement_reader in(query);
        if (!row(in)) break;
    }
}

bool is_of_the_file(const error& failed, sqlite::connection& on) noexcept {
    const int code = sqlite3_extended_errcode(on.handle());
    return sqlite::is_of_the_file(code) && failed.kind() == sqlite::classify(code);
}

}  // namespace leftfold::inline v0::detail
