#include <fmt/format.h>
#include <sqlite3.h>

#include <istream>
#include <iterator>
#include <memory>

#include "commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"
#include "selection.hpp"
#include "sql/store_tables.hpp"
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
            if (is_utf8(row.text(column))) return boost::json::value(row.text(column));
            [[fallthrough]];
        default:
            return boost::json::value(fmt::format("<{} bytes>", row.blob(column).size()));
    }
}

/// The name of a column in an object: a second column of one name gets its number too.
std::string name_in(const boost::json::object& object, const sqlite::statement& row, int column) {
    std::string name = sqlite3_column_name(row.handle(), column);
    return object.contains(name) ? fmt::format("{}:{}", name, column + 1) : name;
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
        for (int i = 0; i != columns; ++i) object[name_in(object, row, i)] = as_json(row, i);
        return on.write(object);
    }
    std::string line;
    for (int i = 0; i != columns; ++i) line += (i == 0 ? "" : "\t") + as_text(row, i);
    on.line(line);
}

/// Prepares the query. Throws errc::invalid_argument for what is not one statement that only reads: a write could reach
/// no store, but VACUUM INTO makes a file.
sqlite::statement prepare(sqlite::connection& on, std::string_view query) {
    const auto refuse = [&](std::string_view why) {
        throw error(errc::invalid_argument, fmt::format("reading \"{}\" as SQL: {}", query, why));
    };
    const auto compile = [&](std::string_view text, std::string_view& rest) {
        sqlite3_stmt* made = nullptr;
        const char* tail = nullptr;
        const auto code = sqlite3_prepare_v2(on.handle(), text.data(), static_cast<int>(text.size()), &made, &tail);
        const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(made, sqlite3_finalize);
        if (code != SQLITE_OK) refuse(sqlite3_errmsg(on.handle()));
        if (made != nullptr && sqlite3_stmt_readonly(made) == 0) refuse("it does more than read");
        rest = text.substr(static_cast<std::size_t>(tail - text.data()));
        return made != nullptr;
    };
    std::string_view rest;
    if (!compile(query, rest)) refuse("there is no statement");
    if (compile(rest, rest)) refuse("there is more than one statement");
    return sqlite::statement(on, query);
}

int sql(const std::string& path, std::string query, const selection& only_as_of, const console& on) {
    auto store = open_for_reading(path);
    shown_store shown{store, range_of(store, only_as_of, on).up_to};
    sqlite::connection memory("the query", {.mode = sqlite::file_access::memory});
    sqlite3_limit(memory.handle(), SQLITE_LIMIT_ATTACHED, 0);  // no way from here to a file
    add_store_tables(memory, shown);
    if (query.empty()) query.assign(std::istreambuf_iterator<char>(on.in), {});
    auto statement = prepare(memory, query);
    try {
        while (statement.step()) show_row(statement, on);
    } catch (const error& e) {
        if (shown.failure) std::rethrow_exception(shown.failure);
        throw error(e.kind() == errc::io_error ? errc::invalid_argument : e.kind(),
                    fmt::format("running \"{}\": {}", query, sqlite3_errmsg(memory.handle())));
    }
    return success;
}

}  // namespace

void declare_sql(command_list& all) {
    auto path = std::make_shared<std::string>();
    auto query = std::make_shared<std::string>();
    auto only_as_of = std::make_shared<selection>();
    auto words = all.add("sql", "Ask a store in SQL, with the tables events and streams",
                         [=](const console& on) { return sql(*path, *query, *only_as_of, on); });
    words.place("STORE", *path, "The store's directory")
        .optional_place("QUERY", *query, "One SELECT; without it, standard input is read");
    only_as_of->declare_time(words);
}

}  // namespace leftfold::inline v0::tools
