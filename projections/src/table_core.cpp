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
#include "table_sql.hpp"

namespace leftfold::inline v0::detail {

namespace {

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
    if (options_.followed && !options_.history)
        throw error(errc::invalid_argument,
                    fmt::format("making table {} followed: it is made without history", this->name()));
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

/// Where rows begin and versions begin and end are all the times of a change. SQLite adds the key to each of them, so
/// that they come in the order of a feed, and it reads them alone.
std::vector<model_part::object> table_core::reading_indices() const {
    std::vector<object> made;
    if (!options_.followed) return made;
    const auto versions = versions_name(name());
    for (const auto& [table, time] : {std::pair{name(), valid_from_column}, std::pair{versions, valid_from_column},
                                      std::pair{versions, valid_to_column}}) {
        const auto named = fmt::format("{}_by_{}", table, time);
        const auto sql = sql_text("CREATE INDEX ").name(named).add(" ON ").name(table).add(" (").add(time).add(")");
        made.push_back({"index", named, sql.text()});
    }
    return made;
}

std::string table_core::shape() const {
    std::string text = fmt::format("{} from {}", name(), options_.history_from.micros());
    for (const auto& each : type_.columns) text += fmt::format(" {:x}", each.text_shape);
    return text;
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

void table_core::fail_keyed_by_stream() const {
    throw error(errc::invalid_argument,
                fmt::format("making table {} keyed by stream: its key is no string, and that of a stream is", name()));
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
