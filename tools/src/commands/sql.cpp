#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <istream>
#include <iterator>
#include <memory>
#include <optional>

#include "commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"
#include "selection.hpp"
#include "sql/shown_cell.hpp"
#include "sql/store_tables.hpp"
#include "sql_session.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// The name of a column in an object: a second column of one name gets its number too.
std::string name_in(const boost::json::object& object, const sqlite::statement& row, int column) {
    std::string name = sqlite3_column_name(row.handle(), column);
    return object.contains(name) ? fmt::format("{}:{}", name, column + 1) : name;
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

struct sql_options {
    std::string path;
    std::string query;
    selection only_as_of;
    std::string store;
};

/// Runs the query of the command line, or of standard input, on the connection, and shows its rows.
class shown_query {
public:
    shown_query(const sql_options& options, const console& on) : text_(options.query), on_(on) {
        if (text_.empty()) text_.assign(std::istreambuf_iterator<char>(on.in), {});
    }

    void run(sqlite::connection& connection) {
        sqlite3_limit(connection.handle(), SQLITE_LIMIT_ATTACHED, 0);  // no way from here to another file
        auto statement = prepare(connection, text_);
        while (next(statement, connection)) {
            show_row(statement, on_);
            ++shown_;
        }
    }
    bool has_shown_nothing() const { return shown_ == 0; }

private:
    /// What SQLite refuses in the midst of a query is most often the query's mistake: a sum that does not fit, say.
    bool next(sqlite::statement& statement, sqlite::connection& connection) const {
        try {
            return statement.step();
        } catch (const error& e) {
            if (e.kind() != errc::io_error) throw;
            const std::string why = sqlite3_errmsg(connection.handle());
            throw error(errc::invalid_argument, fmt::format("running \"{}\": {}", text_, why));
        }
    }

    std::string text_;
    const console& on_;
    std::int64_t shown_ = 0;
};

int ask_store(const sql_options& options, const console& on) {
    auto store = open_for_reading(options.path);
    shown_store shown{store, range_of(store, options.only_as_of, on).up_to};
    sqlite::connection memory("the query", {.mode = sqlite::file_access::memory});
    add_store_tables(memory, shown);
    try {
        shown_query(options, on).run(memory);
    } catch (const error&) {
        if (shown.failure) std::rethrow_exception(shown.failure);
        throw;
    }
    return success;
}

int ask_models(const sql_options& options, const console& on) {
    if (!options.only_as_of.is_everything())
        throw error(errc::invalid_argument,
                    "asking read models with --as-of: their tables have functions, T_as_of(time)");
    std::optional<event_store> store;
    if (!options.store.empty()) store.emplace(open_for_reading(options.store));
    leftfold::detail::sql_session session(std::filesystem::path(options.path), {.store = store ? &*store : nullptr});
    shown_query query(options, on);
    session.read([&](sqlite::connection& connection) { query.run(connection); },
                 [&] { return query.has_shown_nothing(); });
    return success;
}

int sql(const sql_options& options, const console& on) {
    std::error_code failed;
    if (std::filesystem::is_regular_file(options.path, failed)) return ask_models(options, on);
    if (!options.store.empty())
        throw error(errc::invalid_argument, "asking a store with --store, which is for a database of read models");
    return ask_store(options, on);
}

}  // namespace

void declare_sql(command_list& all) {
    auto options = std::make_shared<sql_options>();
    auto words =
        all.add("sql", "Ask in SQL: a store's tables events and streams, or the tables of a database of read models",
                [options](const console& on) { return sql(*options, on); });
    words.place("STORE", options->path, "The store's directory, or the file with the read models")
        .optional_place("QUERY", options->query, "One SELECT; without it, standard input is read")
        .option("--store", options->store,
                "Of read models: the store that they were made from, which knows what they lack");
    options->only_as_of.declare_time(words);
}

}  // namespace leftfold::inline v0::tools
