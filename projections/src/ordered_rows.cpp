#include "ordered_rows.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "leftfold/projections/table_core.hpp"
#include "model_database.hpp"
#include "projection_access.hpp"
#include "shown_row.hpp"
#include "sql_text.hpp"

namespace leftfold::inline v0::detail {

namespace {

sql_rows look_at(sqlite::connection& on, const std::string& name, const std::vector<std::string>& family) {
    sql_rows rows{.name = name, .table = family.front(), .family = family};
    std::vector<std::pair<std::int64_t, std::size_t>> places;
    sqlite::statement columns(on, "SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid");
    columns.bind_text(1, rows.name);
    while (columns.step()) {
        if (columns.number(1) > 0) places.emplace_back(columns.number(1), rows.columns.size());
        rows.columns.emplace_back(columns.text(0));
    }
    std::sort(places.begin(), places.end());
    for (const auto& [place, column] : places) rows.key.push_back(column);
    if (rows.key.empty())
        for (std::size_t i = 0; i != rows.columns.size(); ++i) rows.key.push_back(i);
    return rows;
}

std::string query(const sql_rows& of, bool of_one_key) {
    sql_text sql("SELECT ");
    for (std::size_t i = 0; i != of.columns.size(); ++i) sql.add(i == 0 ? "" : ", ").name(of.columns[i]);
    sql.add(" FROM ").name(of.name);
    if (of_one_key) sql.add(" WHERE ").name(of.columns[of.key.front()]).add(" = ?1");
    for (std::size_t i = 0; i != of.key.size(); ++i)
        sql.add(i == 0 ? " ORDER BY " : ", ").name(of.columns[of.key[i]]).add(" COLLATE BINARY");
    return sql.text();
}

/// Nothing stands before numbers, these before text, that before blobs.
int rank(sqlite3_stmt* of, int column) {
    switch (sqlite3_column_type(of, column)) {
        case SQLITE_NULL:
            return 0;
        case SQLITE_INTEGER:
        case SQLITE_FLOAT:
            return 1;
        case SQLITE_TEXT:
            return 2;
        default:
            return 3;
    }
}

std::string_view bytes(sqlite3_stmt* of, int column) {
    const auto* at = static_cast<const char*>(sqlite3_column_blob(of, column));
    return {at, at == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(of, column))};
}

std::weak_ordering compare_numbers(sqlite3_stmt* a, sqlite3_stmt* b, int column) {
    if (sqlite3_column_type(a, column) == SQLITE_INTEGER && sqlite3_column_type(b, column) == SQLITE_INTEGER)
        return sqlite3_column_int64(a, column) <=> sqlite3_column_int64(b, column);
    const auto left = sqlite3_column_double(a, column);
    const auto right = sqlite3_column_double(b, column);
    if (left == right) return std::weak_ordering::equivalent;
    return left < right ? std::weak_ordering::less : std::weak_ordering::greater;
}

std::weak_ordering compare_cells(sqlite3_stmt* a, sqlite3_stmt* b, int column) {
    const auto ranks = rank(a, column) <=> rank(b, column);
    if (ranks != 0) return ranks;
    if (rank(a, column) == 1) return compare_numbers(a, b, column);
    return bytes(a, column).compare(bytes(b, column)) <=> 0;
}

}  // namespace

std::vector<sql_rows> rows_of(const projection_base& of, sqlite::connection& on) {
    std::vector<sql_rows> all;
    for (const auto* part : projection_access::parts(of)) {
        const auto* table = dynamic_cast<const table_core*>(part);
        std::vector<std::string> family{part->name()};
        if (table != nullptr && table->options().history) family.push_back(part->name() + "_versions");
        for (const auto& name : family) all.push_back(look_at(on, name, family));
    }
    return all;
}

ordered_rows::ordered_rows(sqlite::connection& on, const sql_rows& of, const std::optional<std::string>& key)
    : of_(of), statement_(prepare(on, query(of, key.has_value()))) {
    if (key) statement_.bind_text(1, *key);
    step();
}

std::vector<std::string> ordered_rows::shown() const { return show_row(statement_); }

bool ordered_rows::is_same_as(const ordered_rows& other) const {
    auto* const a = statement_.handle();
    auto* const b = other.statement_.handle();
    for (int i = 0; i != static_cast<int>(of_.columns.size()); ++i) {
        const int type = sqlite3_column_type(a, i);
        if (type != sqlite3_column_type(b, i)) return false;
        const bool same = type == SQLITE_INTEGER ? sqlite3_column_int64(a, i) == sqlite3_column_int64(b, i)
                          : type == SQLITE_FLOAT ? sqlite3_column_double(a, i) == sqlite3_column_double(b, i)
                                                 : bytes(a, i) == bytes(b, i);
        if (!same) return false;
    }
    return true;
}

std::weak_ordering operator<=>(const ordered_rows& a, const ordered_rows& b) {
    for (const auto column : a.of_.key) {
        const auto order = compare_cells(a.statement_.handle(), b.statement_.handle(), static_cast<int>(column));
        if (order != 0) return order;
    }
    return std::weak_ordering::equivalent;
}

}  // namespace leftfold::inline v0::detail
