#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "leftfold/framework/diff.hpp"
#include "leftfold/projections/table_as_of.hpp"

namespace leftfold::inline v0 {

/// A row that is in both of two tables, and not the same: as it was, as it became, and each column that differs.
template <class Row>
struct changed_row {
    Row before;
    Row after;
    std::vector<change> changes;
};

/// What made one table another. Each list is in order of the key.
template <class Row>
struct table_changes {
    std::vector<Row> inserted{};
    std::vector<Row> deleted{};
    std::vector<changed_row<Row>> changed{};

    bool empty() const { return inserted.empty() && deleted.empty() && changed.empty(); }
};

/// Compares one row at two times, as two answers of find(): nothing where there was no row.
///
///     for (const auto& each : leftfold::diff(monday.find("alice"), tuesday.find("alice"))) print(to_string(each));
///
/// A row that is there on one side only is one entry, `$`, with that side.
template <described Row>
std::vector<change> diff(const std::optional<Row>& before, const std::optional<Row>& after) {
    if (before && after) return diff(*before, *after);
    detail::change_list changes;
    if (before) changes.only_before(*before);
    if (after) changes.only_after(*after);
    return changes.take();
}

/// Compares a whole table at two times, two moments or two cuts:
///
///     const auto changes = leftfold::diff(read.rows.as_of(monday), read.rows.as_of(tuesday));
///
/// Columns are compared as members are (framework/diff.hpp). Costs one pass over each of both and a look-up of each row
/// in the other; the differences are held in memory, the rows are not. May be called from any thread.
template <class Row, auto Key>
table_changes<Row> diff(const table_as_of<Row, Key>& before, const table_as_of<Row, Key>& after) {
    table_changes<Row> found;
    before.for_each([&](const Row& row) {
        auto now = after.find(row.*Key);
        if (!now)
            found.deleted.push_back(row);
        else if (auto changes = diff(row, *now); !changes.empty())
            found.changed.push_back({row, std::move(*now), std::move(changes)});
    });
    after.for_each([&](const Row& row) {
        if (!before.find(row.*Key)) found.inserted.push_back(row);
    });
    return found;
}

}  // namespace leftfold::inline v0
