#include "leftfold/testing/detail/projection_script.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "projection_run.hpp"
#include "row_differences.hpp"
#include "shown_row.hpp"
#include "sql_session.hpp"
#include "sql_text.hpp"

namespace leftfold::inline v0::testing::detail {

namespace {

using leftfold::detail::table_core;

/// Gives each row of a query, on a connection that has the functions of the past.
void ask(const projection_run& of, const std::string& query, function_ref<void(const sqlite::statement&)> row) {
    leftfold::detail::sql_session session(of.database(), {.store = &of.store()});
    session.read(
        [&](sqlite::connection& on) {
            auto statement = leftfold::detail::prepare(on, query);
            while (statement.step()) row(statement);
        },
        [] { return false; });
}

shown_table read(const projection_run& of, const table_core& table) {
    const auto& columns = table.type().columns;
    shown_table read{.name = table.name(), .columns = {}, .key = table.type().key};
    leftfold::detail::sql_text query("SELECT ");
    for (const auto& each : columns) {
        query.add(read.columns.empty() ? "" : ", ").name(each.name);
        read.columns.emplace_back(each.name);
    }
    query.add(" FROM ").name(table.name()).add(" ORDER BY ").name(columns[table.type().key].name);
    ask(of, query.text(), [&](const sqlite::statement& row) { read.rows.push_back(leftfold::detail::show_row(row)); });
    return read;
}

/// Compares a table with the rows of its type among those expected.
std::string compare_table(const projection_run& of, const table_core& table, std::span<const expected_row> expected) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : expected) {
        if (each.type != table.type().columns.data()) continue;
        leftfold::detail::shown_cells cells;
        table.type().write(each.row, cells);
        rows.push_back(cells.all());
    }
    return row_differences(read(of, table), rows);
}

bool has_rows_of(const table_core& table, const expected_row& row) { return table.type().columns.data() == row.type; }

/// `withdrawn{cents: 5} of account-bob`
std::string describe(const projection_run::stop& stopped) {
    const auto colon = !stopped.at ? std::string::npos : stopped.why.find(": ");
    if (colon == std::string::npos) return stopped.why;
    return fmt::format("{} of {}: {}", stopped.at->shown, stopped.at->stream, stopped.why.substr(colon + 2));
}

/// The streams that are set aside: a line each, beginning with the stream.
std::vector<std::string> parked(const projection_run& of) {
    std::vector<std::string> lines;
    ask(of, "SELECT stream, failed, why FROM leftfold_parked ORDER BY since", [&](const sqlite::statement& row) {
        lines.push_back(fmt::format("{} is parked from event {} on: {}", row.text(0), row.text(1), row.text(2)));
    });
    return lines;
}

/// A row as the sqlite3 shell writes it.
std::string shell_line(const sqlite::statement& row) {
    std::string line;
    for (int i = 0; i != sqlite3_column_count(row.handle()); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row.handle(), i));
        line += fmt::format("{}{}", i == 0 ? "" : "|", text == nullptr ? "NULL" : text);
    }
    return line;
}

}  // namespace

projection_script::projection_script(std::vector<happening> happened, adder add)
    : happened_(std::move(happened)), add_(std::move(add)) {}

delivery& projection_script::change_delivery() {
    run_.reset();
    return delivery_;
}

const projection_run& projection_script::run() {
    if (!run_) run_ = std::make_shared<projection_run>(happened_, add_, delivery_);
    return *run_;
}

/// Says before a difference how the events were delivered, unless that was the plain way.
std::string projection_script::told(std::string difference) const {
    if (difference.empty()) return difference;
    std::vector<std::string> ways;
    if (delivery_.twice) ways.emplace_back("each event delivered twice");
    if (delivery_.shuffled_by) ways.push_back(fmt::format("partitions shuffled by seed {}", *delivery_.shuffled_by));
    if (delivery_.batches_of) ways.push_back(fmt::format("batches of {}", *delivery_.batches_of));
    if (ways.empty()) return difference;
    return fmt::format("with {}:\n{}", fmt::join(ways, ", "), difference);
}

std::string projection_script::compare(std::string_view name, std::span<const expected_row> expected) {
    const auto& of = run();
    if (of.stopped()) return told("expected rows, but the projection stopped at " + describe(*of.stopped()));
    auto tables = of.tables();
    if (!name.empty()) std::erase_if(tables, [&](const auto* table) { return table->name() != name; });
    if (tables.empty()) return fmt::format("the projection has no table {}", name);
    for (const auto& row : expected) {
        const auto fitting =
            std::count_if(tables.begin(), tables.end(), [&](const auto* table) { return has_rows_of(*table, row); });
        if (fitting == 0) return "no such table of the projection has rows of an expected row's type";
        if (fitting > 1) return "several tables have rows of an expected row's type: name one with expect_in()";
    }
    std::string differences;
    for (const auto* table : tables) {
        const bool is_asked = expected.empty() || std::any_of(expected.begin(), expected.end(), [&](const auto& row) {
                                  return has_rows_of(*table, row);
                              });
        const auto difference = is_asked ? compare_table(of, *table, expected) : std::string();
        differences += (differences.empty() || difference.empty() ? "" : "\n") + difference;
    }
    if (differences.empty()) return differences;
    for (const auto& each : parked(of)) differences += "\n" + each;
    return told(differences);
}

std::string projection_script::compare_query(const std::string& query, const std::vector<std::string>& expected) {
    const auto& of = run();
    if (of.stopped()) return told("expected rows, but the projection stopped at " + describe(*of.stopped()));
    std::vector<std::string> found;
    ask(of, query, [&](const sqlite::statement& row) { found.push_back(shell_line(row)); });
    return told(line_differences(found, expected));
}

std::string projection_script::compare_stop(std::string_view type, std::string_view why) {
    const auto& stopped = run().stopped();
    if (!stopped) return told("expected the projection to stop, but it folded every event");
    if (!type.empty() && (!stopped->at || stopped->at->event.type != type))
        return told(fmt::format("expected a stop at an event {}, but it stopped at {}", type, describe(*stopped)));
    if (stopped->why.find(why) == std::string::npos)
        return told(fmt::format("expected a stop with \"{}\", but it stopped at {}", why, describe(*stopped)));
    return {};
}

std::string projection_script::compare_parked(std::string_view stream, std::string_view why) {
    const auto lines = parked(run());
    for (const auto& each : lines)
        if (each.starts_with(fmt::format("{} is parked", stream)) && each.find(why) != std::string::npos) return {};
    return told(fmt::format("expected {} to be parked with \"{}\", but {}", stream, why,
                            lines.empty() ? "nothing is" : fmt::format("{}", fmt::join(lines, "\n"))));
}

}  // namespace leftfold::inline v0::testing::detail
