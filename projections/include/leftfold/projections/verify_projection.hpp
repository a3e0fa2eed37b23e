#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/drift.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// How a read model is compared with its events, and how much of it.
struct verify_projection_options {
    /// Only rows of this key, in every table: a number's digits, or a text itself.
    std::optional<std::string> key{};
    /// A sample: the rows of about one in this many keys, drawn by `seed`. 1: all.
    std::uint32_t one_key_in = 1;
    std::uint64_t seed = 0;
    /// Fold the events of this stream alone, and compare the rows that they make. For projections whose rows depend on
    /// one stream each; the cost is then that of the stream.
    std::optional<stream_id> stream{};
    /// The most drifts to list. All are counted.
    std::size_t drifts_max = 1'000;
    /// The directory for the rows that are folded again, for as long as this takes: as much space as the model has.
    /// Empty: the system's own for temporary files.
    std::filesystem::path scratch{};
    /// Renamed and upcast events, as the engine has them.
    event_registry events{};
    /// Told now and then how many events of how many are folded.
    std::function<void(std::int64_t done, std::int64_t all)> progress{};
    /// Says of a drift that it is meant to be: it is counted as expected then, and neither listed nor differing.
    std::function<bool(const drift&)> expected{};
};

namespace detail {

using make_projection = std::function<std::unique_ptr<projection_base>()>;

projection_report verify_model(event_store& store, const make_projection& make, const std::filesystem::path& database,
                               const verify_projection_options& options);
projection_report heal_model_row(event_store& store, const make_projection& make, const std::filesystem::path& database,
                                 std::string_view table, std::string key, verify_projection_options options);

}  // namespace detail

/// Folds the events that a read model has seen once more, into a database of its own, and compares: every row, and
/// every version of a row's history, column by column.
///
///     const auto report = leftfold::verify_projection<balances>(store, "bank.views.db");
///     if (!report.sound()) std::cout << to_string(report);
///
/// So it finds what was changed by hand, what a damaged disk or a mistaken fold left, and what `on` made of more than
/// its arguments and tables. Changes nothing. The engine may run meanwhile, in this process or another: what is
/// compared is one state of the database with the events up to its checkpoint. Parked events and discarded ones are
/// left out, as they are in the rows.
///
/// Costs a fold of all events up to there, unless `stream` is given, and one pass over the tables. While it compares,
/// the write-ahead log of the database grows with what the engine writes. Safe from any thread.
///
/// Throws errc::stale_model (the rows are of another revision, or of another store: the engine will fold them anew),
/// errc::projection_stopped (an event that the model has seen cannot be folded any more), errc::not_found,
/// errc::foreign_file, errc::newer_format, errc::disk_full, errc::io_error, errc::corrupt.
template <std::derived_from<projection_base> Projection>
projection_report verify_projection(event_store& store, const std::filesystem::path& database,
                                    const verify_projection_options& options = {}) {
    return detail::verify_model(
        store, [] { return std::make_unique<Projection>(); }, database, options);
}

/// Replaces what a table has under one key, its history included, by what the events make of it, in one transaction.
/// Returns what had drifted; nothing is written when nothing had.
///
///     leftfold::heal_row<balances>(store, "bank.views.db", "balances", "alice");
///
/// For a database that no engine owns: with one in this process, call projection_engine::heal_row(). Costs what
/// verify_projection() does; of its options, key, sample and number of drifts do not count.
///
/// Throws what verify_projection() does; also errc::locked (an engine owns the database; with its pid), errc::not_found
/// (the projection has no such table) and errc::unsupported (an sql_table: nobody knows its rows by a key).
template <std::derived_from<projection_base> Projection>
projection_report heal_row(event_store& store, const std::filesystem::path& database, std::string_view table,
                           std::string key, verify_projection_options options = {}) {
    return detail::heal_model_row(
        store, [] { return std::make_unique<Projection>(); }, database, table, std::move(key), std::move(options));
}

}  // namespace leftfold::inline v0
