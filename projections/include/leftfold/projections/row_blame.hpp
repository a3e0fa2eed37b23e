#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/framework/blame.hpp"
#include "leftfold/projections/any_table.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// Which row is looked at.
struct row_blame_options {
    /// As it stood at this time; empty: as it is.
    std::optional<recorded_at> at{};
};

/// Finds, for each column of a row, the event that changed it last, in order of the columns:
///
///     for (const auto& each : leftfold::blame(store, read.rows, "alice")) print(to_string(each));
///     // balances.cents ← bank.deposited #4, partition 0 offset 7, actor ann, 2026-03-15T09:00:00Z
///
/// The table keeps a version for each event that changed the row, so the event is the one that was recorded when the
/// version began. An event that wrote the value that was there changed nothing. Of a row that is deleted there is one
/// entry, `$`, without a value: the event that deleted it. Of a row that never was there is none. What was set before
/// the table's history begins is left out.
///
/// The key is text (any_table). Throws errc::unsupported when the table has no history; errc::not_found when the store
/// has no event of that time, because it is not the one that the rows were made from; with `at`, what table::as_of
/// throws. Costs reading the row's versions back to the oldest that matters, and O(log n) reads for each event.
std::vector<blamed> blame(event_store& store, const any_table& rows, std::string_view key,
                          const row_blame_options& options = {});

/// The same for one column, by its name. Throws errc::invalid_argument, with the columns that there are, for another.
std::optional<blamed> blame(event_store& store, const any_table& rows, std::string_view key, std::string_view column,
                            const row_blame_options& options = {});

/// Returns the event that was recorded at just this time, of which there is one at most in a store; nothing when there
/// is none. O(log n) point reads a partition.
std::optional<recorded_event> event_recorded_at(event_store& store, recorded_at when);

}  // namespace leftfold::inline v0
