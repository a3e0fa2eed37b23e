#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// Generation 1 of every model: its rows are in the database itself. A later one has a file of its own beside it
/// (docs/rebuilding.md).
constexpr std::int64_t first_generation = 1;

/// Which generation of a model is which.
struct model_generations {
    std::int64_t live = first_generation;    ///< what readers read
    std::optional<std::int64_t> kept{};      ///< what they read before, for rolling back
    std::optional<std::int64_t> building{};  ///< what nobody reads yet
    std::int64_t made = first_generation;    ///< the highest number so far: none is ever used twice

    bool names(std::int64_t number) const { return number == live || number == kept || number == building; }
};

/// The format of a database that says which generations its models have. Before the first rebuild it is of format 1,
/// and all rows are in it.
constexpr std::int64_t format_with_generations = 2;

extern const char* const select_format;
extern const char* const select_generations;
model_generations generations_in_row(sqlite::statement& select, std::string_view projection);

/// Reads that of a model in the database that a connection is open to. `prepared` returns the statement of a text.
template <class Prepared>
model_generations read_generations(Prepared&& prepared, std::string_view projection) {
    {
        auto&& format = prepared(select_format);
        const sqlite::reset_at_end end(format);
        if (!format.step() || format.number(0) < format_with_generations) return {};
    }
    auto&& select = prepared(select_generations);
    return generations_in_row(select, projection);
}
model_generations read_generations(sqlite::connection& on, std::string_view projection);

/// A model whose rows are in a file of their own.
struct moved_model {
    std::string projection;
    std::int64_t generation;
};
/// Returns those of a database.
std::vector<moved_model> read_moved_models(sqlite::connection& on);

/// Returns the names of all models of a database, in their order.
std::vector<std::string> read_model_names(sqlite::connection& on);

/// Returns the file that has the rows of a generation.
std::filesystem::path generation_file(const std::filesystem::path& database, std::string_view projection,
                                      std::int64_t number);

/// Returns the file that has the rows of a model which readers read now. Throws what opening the database does.
std::filesystem::path live_file(const std::filesystem::path& database, std::string_view projection);

}  // namespace leftfold::inline v0::detail
