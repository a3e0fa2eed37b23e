#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/table.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// A table of a read model without the type of its rows: for tools, which learn its name from their user.
///
///     const auto read = leftfold::open_read_model<balances>("bank.views.db");
///     const leftfold::any_table rows{*read, "balances"};
///     rows.for_each_version("alice", [&](const auto& was) { … });
///
/// Cells are JSON: numbers, text in quotes, `null`, bytes as text in hexadecimal; a column that holds JSON is that
/// JSON. They are what the columns hold (table.hpp), so a time is its microseconds and an enumerator its name. Keys are
/// given as text: a number's digits, a text itself.
///
/// Valid as long as what it was made of. Any number of threads may use it, and it throws what that throws.
class any_table {
public:
    using cells = std::vector<std::string>;

    /// A row as it was for a time.
    struct version {
        cells row;
        recorded_at from;   ///< of the event that made it so
        recorded_at until;  ///< of the event that made an end of it; max() when it is so still
    };

    /// Throws errc::not_found, with the tables that there are; errc::unsupported for a table written in SQL.
    any_table(const projection_base& of, std::string_view name);
    /// Not explicit: wherever any table will do, each does.
    template <class Row, auto Key>
    any_table(const table<Row, Key>& of) : core_(&of.untyped()) {}  // NOLINT(google-explicit-constructor)

    const std::string& name() const { return core_->name(); }
    /// Returns the names of the columns, in order, and which of them is the key.
    std::vector<std::string> columns() const;
    std::size_t key_column() const { return core_->type().key; }
    /// Returns what a column holds in the database.
    detail::affinity holds(std::size_t column) const { return core_->type().columns[column].holds; }

    /// Writes the cells of a row as one JSON object.
    std::string object_of(const cells& row) const;
    /// Returns the text by which a row is asked for: the cell of its key.
    std::string key_of(const cells& row) const;

    /// Waits until the rows hold every event recorded at or before `when`. Throws as table::as_of.
    void await(recorded_at when) const;
    /// Returns the row that the key had at a time that was waited for. Throws errc::invalid_argument for a key that is
    /// no number in a table whose keys are.
    std::optional<cells> find(std::string_view key, recorded_at when) const;
    /// Calls `visit(row)` for every row of a time that was waited for, in order of the key, in pages.
    void for_each(recorded_at when, function_ref<void(const cells&)> visit) const;

    /// Calls `visit(version)` for each version that the row with this key had, the newest first, until it returns
    /// false. Versions that are older than table_options::history_from are not there. In pages; costs as much as it
    /// visits. Throws errc::unsupported when the table has no history, errc::invalid_argument as find().
    void for_each_version(std::string_view key, function_ref<bool(const version&)> visit) const;
    /// Returns the first time of which the table can be told.
    recorded_at begins() const { return core_->begins(); }

private:
    const detail::table_core* core_;
};

}  // namespace leftfold::inline v0
