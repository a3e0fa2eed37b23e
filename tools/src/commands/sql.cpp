#include <fmt/format.h>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <istream>
#include <iterator>

#include "commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"
#include "selection.hpp"
#include "sql_tables.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::tools {

namespace {

boost::json::value as_json(const sqlite::statement& row, int column) {
    switch (sqlite3_column_type(row.handle(), column)) {
        case SQLITE_NULL:
            return nullptr;
        case SQLITE_INTEGER:
            return row.number(column);
        case SQLITE_FLOAT:
            return row.real(column);
        case SQLITE_TEXT:
            return boost::json::value(row.text(column));
        default:
            return boost::json::value(fmt::format("<{} bytes>", row.blob(column).size()));
    }
}

std::string as_text(const sqlite::statement& row, int column) {
    if (sqlite3_column_type(row.handle(), column) == SQLITE_BLOB)
        return fmt::format("<{} bytes>", row.blob(column).size());
    return std::string(row.text(column));
}

void show_row(const sqlite::statement& row, const console& on) {
    const auto columns = sqlite3_column_count(row.handle());
    if (on.json) {
        boost::json::object object;
        for (int i = 0; i != columns; ++i) object[sqlite3_column_name(row.handle(), i)] = as_json(row, i);
        return on.write(object);
    }
    std::string line;
    for (int i = 0; i != columns; ++i) line += (i == 0 ? "" : "\t") + as_text(row, i);
    on.line(line);
}

int sql(const std::string& path, std::string query, const std::string& as_of, const console& on) {
    auto store = open_for_reading(path);
    selection only_as_of;
    only_as_of.as_of = as_of;
    const auto range = range_of(store, only_as_of);
    sqlite::connection memory("the query", {.mode = sqlite::file_access::memory});
    sqlite3_limit(memory.handle(), SQLITE_LIMIT_ATTACHED, 0);  // no way from here to a file
    add_store_tables(memory, store, range.up_to);
    if (query.empty()) query.assign(std::istreambuf_iterator<char>(on.in), {});
    sqlite::statement statement(memory, query);
    if (!statement.is_prepared()) throw error(errc::invalid_argument, "reading an empty statement");
    while (statement.step()) show_row(statement, on);
    return success;
}

}  // namespace

void declare_sql(CLI::App& root, chosen_action& chosen) {
    auto* command = root.add_subcommand("sql", "Ask a store in SQL, with the tables events and streams");
    auto path = std::make_shared<std::string>();
    auto query = std::make_shared<std::string>();
    auto as_of = std::make_shared<std::string>();
    command->add_option("STORE", *path, "The store's directory")->required();
    command->add_option("QUERY", *query, "One SELECT; without it, standard input is read");
    command->add_option("--as-of", *as_of, "Only what was recorded at or before this time");
    command->callback([=, &chosen] { chosen = [=](const console& on) { return sql(*path, *query, *as_of, on); }; });
}

}  // namespace leftfold::inline v0::tools
