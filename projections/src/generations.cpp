#include "generations.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "model_database.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// A projection's name may be any text, and a file's name not.
std::string as_file_name(std::string_view projection) {
    std::string text;
    for (const char letter : projection) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter == '.';
        text += plain ? std::string(1, letter) : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return text;
}

}  // namespace

const char* const select_format = "PRAGMA user_version";
const char* const select_generations =
    "SELECT live, coalesce(kept, 0), coalesce(building, 0), made FROM leftfold_generations WHERE projection = ?1";

model_generations generations_in_row(sqlite::statement& select, std::string_view projection) {
    const sqlite::reset_at_end end(select);
    select.bind_text(1, projection);
    if (!select.step()) return {};
    model_generations found{.live = select.number(0), .made = select.number(3)};
    if (select.number(1) != 0) found.kept = select.number(1);
    if (select.number(2) != 0) found.building = select.number(2);
    return found;
}

model_generations read_generations(sqlite::connection& on, std::string_view projection) {
    return read_generations([&](const char* sql) { return sqlite::statement(on, sql); }, projection);
}

std::vector<moved_model> read_moved_models(sqlite::connection& on) {
    if (on.query_number(select_format) < format_with_generations) return {};
    std::vector<moved_model> all;
    sqlite::statement select(on,
                             "SELECT projection, live FROM leftfold_generations WHERE live > 1 ORDER BY projection");
    while (select.step()) all.push_back({std::string(select.text(0)), select.number(1)});
    return all;
}

std::vector<std::string> read_model_names(sqlite::connection& on) {
    std::set<std::string> names;
    sqlite::statement select(on, "SELECT projection FROM leftfold_models");
    while (select.step()) names.emplace(select.text(0));
    for (auto& each : read_moved_models(on)) names.insert(std::move(each.projection));
    return {names.begin(), names.end()};
}

std::filesystem::path generation_file(const std::filesystem::path& database, std::string_view projection,
                                      std::int64_t number) {
    if (number == first_generation) return database;
    return fmt::format("{}.{}.g{}", database.string(), as_file_name(projection), number);
}

std::filesystem::path live_file(const std::filesystem::path& database, std::string_view projection) {
    sqlite::connection on(database);
    check_read_models(on);
    return generation_file(database, projection, read_generations(on, projection).live);
}

}  // namespace leftfold::inline v0::detail
