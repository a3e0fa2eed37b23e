#include "attached_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "generations.hpp"
#include "leftfold/storage/error.hpp"
#include "sql_text.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// As many as SQLite is built for, most often.
constexpr std::size_t files_max = 10;

}  // namespace

std::string in_schema(std::string_view statement, const std::string& schema) {
    constexpr std::string_view from = "FROM ";
    const auto at = statement.find(from) + from.size();
    return sql_text(statement.substr(0, at)).name(schema).add(".").add(statement.substr(at)).text();
}

attached_models::attached_models(sqlite::connection& to) : to_(to) {
    const auto moved = read_moved_models(to_);
    if (moved.size() > files_max)
        throw error(errc::unsupported,
                    fmt::format("asking {} in SQL: {} of its models have a file of their own, and SQLite attaches {}",
                                to_.file().string(), moved.size(), files_max));
    for (const auto& each : moved) attach(each.projection, each.generation);
    seen_ = look();
}

void attached_models::attach(const std::string& projection, std::int64_t generation) {
    auto schema = fmt::format("leftfold_{}", files_.size() + 1);
    const auto file = generation_file(to_.file(), projection, generation).string();
    sqlite::statement(to_, sql_text("ATTACH ?1 AS ").name(schema).text()).bind_text(1, file).run();
    files_.push_back({schema, projection});
    std::vector<std::string> names;
    {
        sqlite::statement select(to_, in_schema("SELECT name FROM leftfold_objects WHERE kind <> 'index'", schema));
        while (select.step()) names.emplace_back(select.text(0));
    }
    for (const auto& name : names)
        to_.execute(sql_text("CREATE TEMP VIEW ")
                        .name(name)
                        .add(" AS SELECT * FROM ")
                        .name(schema)
                        .add(".")
                        .name(name)
                        .text()
                        .c_str());
}

std::string attached_models::look() const {
    auto text = to_.query_text("PRAGMA schema_version");
    for (const auto& each : read_moved_models(to_)) text += fmt::format(" {}.g{}", each.projection, each.generation);
    for (const auto& each : files_)
        text += " " + to_.query_text(sql_text("PRAGMA ").name(each.schema).add(".schema_version").text().c_str());
    return text;
}

std::vector<historic_table> attached_models::historic_tables() const {
    auto all = find_historic_tables(to_, main_schema);
    const auto has_moved = [&](const historic_table& table) {
        return std::any_of(files_.begin(), files_.end(),
                           [&](const attached& each) { return each.projection == table.projection; });
    };
    all.erase(std::remove_if(all.begin(), all.end(), has_moved), all.end());
    for (const auto& each : files_)
        for (auto& table : find_historic_tables(to_, each.schema)) all.push_back(std::move(table));
    return all;
}

}  // namespace leftfold::inline v0::detail
