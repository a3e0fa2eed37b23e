#include "leftfold/projections/table_core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "leftfold/projections/row_lanes.hpp"
#include "leftfold/projections/row_writers.hpp"
#include "leftfold/projections/table_as_of.hpp"
#include "leftfold/storage/error.hpp"
#include "row_guard.hpp"
#include "shown_row.hpp"
#include "sql_text.hpp"

namespace leftfold::inline v0::detail {

namespace {

constexpr std::string_view valid_from_column = "valid_from";
constexpr std::string_view valid_to_column = "valid_to";
constexpr std::string_view written_by_column = "written_by";

/// The end of time in the history view, for rows that are true now.
constexpr std::string_view open_end = "9223372036854775807";

constexpr std::size_t axes = 2;
constexpr std::size_t plain_queries = 5;

std::string versions_name(const std::string& table) { return table + "_versions"; }

std::string_view type_name(affinity holds) {
    switch (holds) {
        case affinity::integer:
            return "INTEGER";
        case affinity::real:
            return "REAL";
        case affinity::text:
            return "TEXT";
        case affinity::blob:
            return "BLOB";
    }
    return "BLOB";
}

void add_column_list(sql_text& sql, std::span<const column> columns) {
    for (std::size_t i = 0; i != columns.size(); ++i) sql.add(i == 0 ? "" : ", ").name(columns[i].name);
}

/// `"account" TEXT NOT NULL, "cents" INTEGER NOT NULL`
void add_column_definitions(sql_text& sql, std::span<const column> columns) {
    for (std::size_t i = 0; i != columns.size(); ++i) {
        sql.add(i == 0 ? "" : ", ").name(columns[i].name).add(" ").add(type_name(columns[i].holds));
        if (!columns[i].nullable) sql.add(" NOT NULL");
    }
}

/// The columns that an index names, in its order.
std::vector<std::string> columns_of_index(const std::string& list) {
    std::vector<std::string> names(1);
    for (const char letter : list) {
        if (letter == ',')
            names.emplace_back();
        else if (letter != ' ')
            names.back() += letter;
    }
    return names;
}

/// A query's conditions, limit and time, apart from where it looks.
struct query_shape {
    std::string_view what = "rows";  // or "one", or "count"
    std::string condition{};
    std::size_t parameters = 0;
    bool ordered = true;
};

}  // namespace

table_core::table_core(projection_base& owner, std::string name, const row_type& type, table_options options)
    : model_part(owner, std::move(name)), type_(type), options_(std::move(options)) {
    for (const auto& each : type_.columns)
        if (options_.history && (each.name == valid_from_column || each.name == valid_to_column))
            throw error(errc::invalid_argument,
                        fmt::format("making table {}: a table with history has a column {} of its own", this->name(),
                                    each.name));
    for (const auto& each : type_.columns)
        if (writers() != nullptr && each.name == written_by_column)
            throw error(errc::invalid_argument,
                        fmt::format("making table {}: the table of a projection that parks keys has a column {} of its "
                                    "own",
                                    this->name(), each.name));
    for (const auto& index : options_.indices)
        for (const auto& wanted : columns_of_index(index))
            if (std::none_of(type_.columns.begin(), type_.columns.end(),
                             [&](const column& each) { return each.name == wanted; }))
                throw error(errc::invalid_argument,
                            fmt::format("making an index of table {}: it has no column \"{}\"", this->name(), wanted));
    make_queries();
}

std::vector<model_part::object> table_core::objects() const {
    const auto& key = type_.columns[type_.key];
    std::vector<object> made;
    const auto add = [&](std::string kind, std::string named, const sql_text& sql) {
        made.push_back({std::move(kind), std::move(named), sql.text()});
    };
    sql_text table("CREATE TABLE ");
    table.name(name()).add(" (");
    add_column_definitions(table, type_.columns);
    if (options_.history) table.add(", valid_from INTEGER NOT NULL");
    if (writers() != nullptr) table.add(", written_by TEXT NOT NULL");
    // An integer key is the rowid itself; any other gets a table that is its own index.
    table.add(", PRIMARY KEY (").name(key.name).add(key.holds == affinity::integer ? "))" : ")) WITHOUT ROWID");
    add("table", name(), table);
    for (const auto& index : options_.indices) {
        const auto columns = columns_of_index(index);
        std::string named = name() + "_by";
        sql_text list;
        for (std::size_t i = 0; i != columns.size(); ++i) {
            named += "_" + columns[i];
            list.add(i == 0 ? "" : ", ").name(columns[i]);
        }
        add("index", named,
            sql_text("CREATE INDEX ").name(named).add(" ON ").name(name()).add(" (").add(list.text()).add(")"));
    }
    if (!options_.history) return made;

    sql_text versions("CREATE TABLE ");
    versions.name(versions_name(name())).add(" (");
    add_column_definitions(versions, type_.columns);
    versions.add(", valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL");
    if (writers() != nullptr) versions.add(", written_by TEXT NOT NULL");
    versions.add(", PRIMARY KEY (").name(key.name);
    versions.add(", valid_to)) WITHOUT ROWID");
    add("table", versions_name(name()), versions);

    sql_text view("CREATE VIEW ");
    view.name(name() + "_history").add(" AS SELECT ");
    add_column_list(view, type_.columns);
    view.add(", valid_from, valid_to FROM ").name(versions_name(name())).add(" UNION ALL SELECT ");
    add_column_list(view, type_.columns);
    view.add(", valid_from, ").add(open_end).add(" FROM ").name(name());
    add("view", name() + "_history", view);
    return made;
}

std::string table_core::shape() const {
    std::string text = fmt::format("{} from {}", name(), options_.history_from.micros());
    for (const auto& each : type_.columns) text += fmt::format(" {:x}", each.text_shape);
    return text;
}

/// Makes one query, as it is now or as of a time. As of a time, the rows of then are the current ones that are old
/// enough, and the versions that were true then: one of the two for each key.
static std::string make_query(const table_core& of, const query_shape& shape, axis when) {
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
        sql.add(" WHERE valid_from <= ").parameter(time);
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
            sql.add(" WHERE valid_from <= ").parameter(time).add(" AND valid_to > ").parameter(time);
            add_condition();
        }
    }
    if (shape.ordered) sql.add(" ORDER BY ").name(key).add(" LIMIT ").parameter(limit);
    return sql.text();
}

/// A key's versions that are over, and its current row, which ends at the end of time, in the order of the versions'
/// own index.
static std::string make_versions_query(const table_core& of) {
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

/// Writes what a table gives through the write side, each statement looked up once a flush.
class table_core::writer final : public table_flush {
public:
    writer(const table_core& of, model_side& to) : table_(of), to_(to), guard_(dynamic_cast<row_guard*>(&to)) {}

    void put(const void* row, std::int64_t valid_from, std::uint32_t by) override {
        if (guard_ != nullptr) {
            cell_text key(table_.type_.key);
            table_.type_.write(row, key);
            guard_->check(table_.name(), key.text());
        }
        run(put_, table_.put_, [&](cell_writer& out) {
            table_.type_.write(row, out);
            if (table_.options_.history) out.integer(valid_from);
            add_writer(out, by);
        });
    }
    void erase(const void* key) override {
        if (guard_ != nullptr) {
            cell_text erased(0);
            table_.type_.write_key(key, erased);
            guard_->check(table_.name(), erased.text());
        }
        run(erase_, table_.erase_, [&](cell_writer& out) { table_.type_.write_key(key, out); });
    }
    void keep(const void* row, std::int64_t from, std::int64_t to, std::uint32_t by) override {
        if (to <= table_.options_.history_from.micros()) return;
        run(keep_, table_.keep_, [&](cell_writer& out) {
            table_.type_.write(row, out);
            out.integer(from);
            out.integer(to);
            add_writer(out, by);
        });
    }

private:
    void add_writer(cell_writer& out, std::uint32_t by) const {
        if (table_.writers() != nullptr) out.text(table_.writers()->stream_of(by));
    }
    void run(std::unique_ptr<row_statement>& statement, const std::string& sql, cell_binder bind) {
        if (!statement) statement = to_.writer(sql);
        statement->run(bind);
    }

    const table_core& table_;
    model_side& to_;
    row_guard* guard_;
    std::unique_ptr<row_statement> put_;
    std::unique_ptr<row_statement> erase_;
    std::unique_ptr<row_statement> keep_;
};

void table_core::flush(model_side& to) {
    writer out(*this, to);
    flush_rows(out);
}

void table_core::show_event(model_side& to) {
    writer out(*this, to);
    show_rows(out);
}

void table_core::erase_written_by(model_side& to, std::string_view stream) {
    std::vector<std::string> tables{name()};
    if (options_.history) tables.push_back(versions_name(name()));
    for (const auto& each : tables)
        to.writer(sql_text("DELETE FROM ").name(each).add(" WHERE written_by = ?1").text())->run([&](cell_writer& out) {
            out.text(stream);
        });
}

recorded_at table_core::begins() const { return std::max(options_.history_from, side().since()); }

void table_core::check_has_history() const {
    if (!options_.history)
        throw error(errc::unsupported,
                    fmt::format("asking table {} for the past: it was made without history", name()));
}

void table_core::check_history(recorded_at when) const {
    check_has_history();
    if (const auto first = begins(); when < first)
        throw error(errc::before_history, fmt::format("asking table {} for its rows as of {}: its history begins at {}",
                                                      name(), to_rfc3339(when.time()), to_rfc3339(first.time())));
}

void table_core::check_lane(const void* key) const {
    cell_text touched(0);
    type_.write_key(key, touched);
    lanes()->check(name(), touched.text());
}

void fail_cut_unknown(recorded_at when) {
    throw error(errc::unsupported, fmt::format("asking for the cut of {}: the read model was opened without its store",
                                               to_rfc3339(when.time())));
}

void table_core::fail_missing(std::string_view key) const {
    throw error(errc::missing_row, fmt::format("changing row {} of table {}", key, name()));
}

void table_core::fail_duplicate(std::string_view key) const {
    throw error(errc::duplicate_row, fmt::format("inserting row {} into table {}", key, name()));
}

void table_core::fail_row_of_another(std::string_view key) const {
    throw error(errc::incomplete, fmt::format("touching row {} of table {}, which stream {} wrote", key, name(),
                                              writers()->in_the_way()));
}

void table_core::fail_key_changed(std::string_view key) const {
    throw error(
        errc::invalid_argument,
        fmt::format("changing row {} of table {}: its key was changed; erase it and insert another", key, name()));
}

std::string show_key(const row_type& type, const void* key) {
    shown_cells shown;
    type.write_key(key, shown);
    return shown.all().front();
}

}  // namespace leftfold::inline v0::detail
