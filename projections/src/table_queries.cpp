#include "leftfold/projections/table_core.hpp"
#include "table_sql.hpp"

namespace leftfold::inline v0::detail {

namespace {

constexpr std::size_t axes = 2;
constexpr std::size_t plain_queries = 5;

/// A query's conditions, limit and time, apart from where it looks.
struct query_shape {
    std::string_view what = "rows";  // or "one", or "count"
    std::string condition{};
    std::size_t parameters = 0;
    bool ordered = true;
};

/// Makes one query, as it is now or as of a time. As of a time, the rows of then are the current ones that are old
/// enough, and the versions that were true then: one of the two for each key. The plus keeps SQLite from the indices of
/// a table that is followed: to look up in another order what is most of a table costs more than a pass.
std::string make_query(const table_core& of, const query_shape& shape, axis when) {
    const auto& type = of.type();
    const auto& key = type.columns[type.key].name;
    const std::size_t limit = shape.parameters + 1;
    const std::size_t time = shape.parameters + (shape.ordered ? 2 : 1);
    const auto add_select = [&](sql_text& sql, const std::string& from, bool for_write_side) {
        sql.add("SELECT ");
        if (shape.what == "count") {
            sql.add("count(*)");
        } else {
            add_column_list(sql, type.columns);
            if (for_write_side && of.options().history) sql.add(", valid_from");
            if (for_write_side && of.writers() != nullptr) sql.add(", written_by");
        }
        sql.add(" FROM ").name(from);
    };
    sql_text sql;
    if (when == axis::now) {
        add_select(sql, of.name(), shape.what == "one");
        if (!shape.condition.empty()) sql.add(" WHERE ").add(shape.condition);
    } else {
        const auto add_condition = [&] {
            if (!shape.condition.empty()) sql.add(" AND ").add(shape.condition);
        };
        add_select(sql, of.name(), false);
        sql.add(" WHERE +valid_from <= ").parameter(time);
        add_condition();
        sql.add(" UNION ALL ");
        if (shape.what == "one") {
            // Versions of a key do not overlap, so the first that ends after the time is the only one to look at.
            sql.add("SELECT ");
            add_column_list(sql, type.columns);
            sql.add(" FROM (SELECT * FROM ").name(versions_name(of.name())).add(" WHERE ").add(shape.condition);
            sql.add(" AND valid_to > ").parameter(time).add(" ORDER BY valid_to LIMIT 1) WHERE valid_from <= ");
            sql.parameter(time);
        } else {
            add_select(sql, versions_name(of.name()), false);
            // The end first: it is part of the key, so it stands before the row's own columns.
            sql.add(" WHERE +valid_to > ").parameter(time).add(" AND +valid_from <= ").parameter(time);
            add_condition();
        }
    }
    if (shape.ordered) sql.add(" ORDER BY ").name(key).add(" LIMIT ").parameter(limit);
    return sql.text();
}

/// A key's versions that are over, and its current row, which ends at the end of time, in the order of the versions'
/// own index.
std::string make_versions_query(const table_core& of) {
    const auto& type = of.type();
    const auto add_select = [&](sql_text& sql, std::string_view until, const std::string& from) {
        sql.add("SELECT ");
        add_column_list(sql, type.columns);
        sql.add(", valid_from, ").add(until).add(" AS valid_to FROM ").name(from).add(" WHERE ");
        sql.name(type.columns[type.key].name).add(" = ?1 AND ").add(until).add(" <= ?2");
    };
    sql_text sql;
    add_select(sql, valid_to_column, versions_name(of.name()));
    sql.add(" UNION ALL ");
    add_select(sql, open_end, of.name());
    return sql.add(" ORDER BY valid_to DESC LIMIT ?3").text();
}

/// The rows of many keys. Each key stands with its number, which says whose row comes.
std::string make_many_query(const table_core& of) {
    const auto& type = of.type();
    sql_text sql("SELECT wanted.column1");
    const auto add_column = [&](std::string_view name) { sql.add(", t.").name(name); };
    for (const auto& each : type.columns) add_column(each.name);
    if (of.options().history) add_column(valid_from_column);
    if (of.writers() != nullptr) add_column(written_by_column);
    sql.add(" FROM (VALUES ");
    for (std::size_t i = 0; i != prefetch_keys_max; ++i)
        sql.add(i == 0 ? "(" : ", (").add(std::to_string(i)).add(", ").parameter(i + 1).add(")");
    // CROSS JOIN keeps this order: each key is a look-up, and the table is not passed over.
    sql.add(") AS wanted CROSS JOIN ").name(of.name()).add(" AS t ON t.").name(type.columns[type.key].name);
    return sql.add(" = wanted.column2").text();
}

}  // namespace

void table_core::make_queries() {
    const auto& key = type_.columns[type_.key].name;
    const auto when_key = [&](std::string_view is, std::size_t number) {
        return sql_text().name(key).add(is).parameter(number).text();
    };
    const std::vector<query_shape> plain{
        {.what = "one", .condition = when_key(" = ", 1), .parameters = 1, .ordered = false},
        {},
        {.condition = when_key(" > ", 1), .parameters = 1},
        {.condition = when_key(" >= ", 1) + " AND " + when_key(" < ", 2), .parameters = 2},
        {.what = "count", .ordered = false},
    };
    const auto add_both = [&](const query_shape& shape) {
        queries_.push_back(make_query(*this, shape, axis::now));
        queries_.push_back(options_.history ? make_query(*this, shape, axis::as_of) : std::string());
    };
    for (const auto& shape : plain) add_both(shape);
    for (const auto& each : type_.columns)
        add_both({.condition = sql_text().name(each.name).add(" IS ?1").text(), .parameters = 1});

    many_ = make_many_query(*this);
    if (options_.history) versions_ = make_versions_query(*this);

    sql_text put("INSERT OR REPLACE INTO ");
    sql_text keep("INSERT INTO ");
    put.name(name()).add(" VALUES (");
    keep.name(versions_name(name())).add(" VALUES (");
    const auto columns = type_.columns.size();
    for (std::size_t i = 1; i <= columns; ++i) {
        put.add(i == 1 ? "" : ", ").parameter(i);
        keep.parameter(i).add(", ");
    }
    if (options_.history) put.add(", ").parameter(columns + 1);
    keep.parameter(columns + 1).add(", ").parameter(columns + 2);
    if (writers() != nullptr) {
        put.add(", ").parameter(columns + (options_.history ? 2 : 1));
        keep.add(", ").parameter(columns + 3);
    }
    put_ = put.add(")").text();
    keep_ = keep.add(")").text();
    erase_ = sql_text("DELETE FROM ").name(name()).add(" WHERE ").name(key).add(" = ?1").text();
}

const std::string& table_core::query(wanted what, axis when) const {
    return queries_[static_cast<std::size_t>(what) * axes + (when == axis::as_of ? 1 : 0)];
}

const std::string& table_core::query_equal(std::size_t column, axis when) const {
    return queries_[(plain_queries + column) * axes + (when == axis::as_of ? 1 : 0)];
}

const std::string& table_core::query_versions() const {
    check_has_history();
    return versions_;
}

}  // namespace leftfold::inline v0::detail
