#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "leftfold/projections/projection_base.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// A table of a model as SQL has it: rows as they are, or versions that are over.
struct sql_rows {
    std::string name;
    std::string table;                ///< what the projection calls it: without `_versions`
    std::vector<std::string> family;  ///< the tables that hold rows of the same keys, now and in the past
    std::vector<std::string> columns{};
    /// The columns of the primary key, in its order; all columns when there is none.
    std::vector<std::size_t> key{};

    bool is_past() const { return name != table; }
};

/// Returns what a projection keeps in a database, as the database has it.
std::vector<sql_rows> rows_of(const projection_base& of, sqlite::connection& on);

/// The rows of a table in order of their key, one after another.
class ordered_rows {
public:
    /// With a key: only rows whose first key column has that value.
    ordered_rows(sqlite::connection& on, const sql_rows& of, const std::optional<std::string>& key);

    bool is_at_end() const { return !more_; }
    void step() { more_ = statement_.step(); }

    /// The cells of the row as text (shown_row.hpp).
    std::vector<std::string> shown() const;
    /// Whether all cells of two rows of one table are the same, byte by byte: then they are shown alike. Costs much
    /// less than showing them.
    bool is_same_as(const ordered_rows& other) const;
    std::int64_t number(std::size_t column) const { return statement_.number(static_cast<int>(column)); }

    /// Compares the keys of two rows of one table, as SQLite sorts them.
    friend std::weak_ordering operator<=>(const ordered_rows& a, const ordered_rows& b);

private:
    const sql_rows& of_;
    sqlite::statement statement_;
    bool more_ = false;
};

}  // namespace leftfold::inline v0::detail
