#include "historic_table.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "attached_models.hpp"
#include "model_database.hpp"
#include "sql_text.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

namespace {

std::string select_tables(const std::string& schema) {
    const auto in_schema = [&](std::string_view name) { return sql_text().name(schema).add(".").name(name).text(); };
    const auto objects = in_schema("leftfold_objects");
    return sql_text("SELECT t.name, t.projection, m.shape FROM ")
        .add(objects)
        .add(" t JOIN ")
        .add(in_schema("leftfold_models"))
        .add(" m USING (projection) JOIN ")
        .add(objects)
        .add(" v ON v.name = t.name || '_versions' AND v.projection = t.projection JOIN ")
        .add(objects)
        .add(
            " h ON h.name = t.name || '_history' AND h.projection = t.projection "
            "WHERE t.kind = 'table' AND v.kind = 'table' AND h.kind = 'view' ORDER BY t.name")
        .text();
}

// Of the versions, whose primary key is the row's key and then when it ended.
constexpr const char* select_columns =
    "SELECT name, type, pk FROM pragma_table_info(?1, ?2) WHERE name NOT IN ('valid_from', 'valid_to') ORDER BY cid";

/// A model's shape has a line for each part: `part balances from -9223372036854775808 …`.
recorded_at history_from(std::string_view shape, const std::string& table) {
    const auto line = "\npart " + table + " from ";
    const auto found = shape.find(line);
    std::int64_t micros = recorded_at::min().micros();
    if (found != std::string_view::npos)
        std::from_chars(shape.data() + found + line.size(), shape.data() + shape.size(), micros);
    return recorded_at::from_micros(micros);
}

void add_columns(sql_text& sql, const historic_table& of) {
    for (std::size_t i = 0; i != of.columns.size(); ++i) sql.add(i == 0 ? "" : ", ").name(of.columns[i].name);
}

}  // namespace

std::vector<historic_table> find_historic_tables(sqlite::connection& on, const std::string& schema) {
    std::vector<historic_table> all;
    sqlite::statement tables(on, select_tables(schema));
    sqlite::statement columns(on, select_columns);
    std::optional<sqlite::statement> starts;
    if (schema != main_schema)
        starts.emplace(on, in_schema(select_start, schema));
    else if (has_starts(on))
        starts.emplace(on, select_start);
    while (tables.step()) {
        auto& table = all.emplace_back();
        table.schema = schema;
        table.name = tables.text(0);
        table.projection = tables.text(1);
        table.history_from = history_from(tables.text(2), table.name);
        if (const auto start = starts ? read_start_row(*starts, table.projection) : std::nullopt)
            table.history_from = std::max(table.history_from, start->since);
        const auto versions = table.name + "_versions";
        columns.bind_text(1, versions).bind_text(2, schema);
        while (columns.step()) {
            if (columns.number(2) == 1) table.key = table.columns.size();
            table.columns.push_back({std::string(columns.text(0)), std::string(columns.text(1))});
        }
    }
    return all;
}

std::string select_one_as_of(const historic_table& of) {
    const auto& key = of.columns[of.key].name;
    sql_text sql("SELECT ");
    add_columns(sql, of);
    sql.add(" FROM ").name(of.schema).add(".").name(of.name).add(" WHERE ").name(key).add(
        " = ?1 AND valid_from <= ?2 UNION ALL SELECT ");
    add_columns(sql, of);
    // Versions of a key do not overlap, so the first that ends after the time is the only one to look at.
    sql.add(" FROM (SELECT * FROM ").name(of.schema).add(".").name(of.name + "_versions").add(" WHERE ").name(key);
    sql.add(" = ?1 AND valid_to > ?2 ORDER BY valid_to LIMIT 1) WHERE valid_from <= ?2");
    return sql.text();
}

std::string select_all_as_of(const historic_table& of) {
    // The plus keeps SQLite from the indices of a table that is followed: a pass costs less.
    sql_text sql("SELECT ");
    add_columns(sql, of);
    sql.add(" FROM ").name(of.schema).add(".").name(of.name).add(" WHERE +valid_from <= ?1 UNION ALL SELECT ");
    add_columns(sql, of);
    sql.add(" FROM ").name(of.schema).add(".").name(of.name + "_versions");
    sql.add(" WHERE +valid_to > ?1 AND +valid_from <= ?1");
    return sql.text();
}

}  // namespace leftfold::inline v0::detail
