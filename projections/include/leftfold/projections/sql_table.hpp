#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "leftfold/projections/column.hpp"
#include "leftfold/projections/model_part.hpp"

namespace leftfold::inline v0 {

/// A table of a read model that is written in SQL, for what a table<Row> cannot say: joins, sums, upserts, full text.
///
///     leftfold::sql_table visits{*this, "visits", "page TEXT PRIMARY KEY, n INTEGER NOT NULL"};
///     void on(const visited& e, const leftfold::recorded&) {
///         visits.execute("INSERT INTO visits VALUES (?1, 1) ON CONFLICT DO UPDATE SET n = n + 1", e.page);
///     }
///
/// Its changes stand in the same transaction as the checkpoint and the projection's other tables, and are taken back
/// with the event that failed. It has no history.
class sql_table final : detail::model_part {
public:
    /// `columns` is what stands between the parentheses of CREATE TABLE. Throws errc::invalid_name for a name that is
    /// not `[a-z][a-z0-9_]{0,47}`.
    sql_table(projection_base& owner, std::string name, std::string columns);

    /// Runs one statement that changes rows, with its parameters ?1, ?2, … given as values of any type that a column
    /// can hold. May name every table of the projection; but what a table<Row> holds is changed through that table
    /// only. Only inside `on`. Throws errc::invalid_argument for SQL that does not compile.
    template <class... Values>
    void execute(const std::string& sql, const Values&... values) {
        side().execute(sql, [&](detail::cell_writer& out) { bind(out, values...); });
    }

    /// Runs a query, and returns its rows as tuples: `query<std::string, std::int64_t>("SELECT page, n FROM visits")`.
    /// May name every table of the database. Inside `on` it sees the changes made so far; on the handle that
    /// engine.add() returns, what is committed, from any thread. Throws errc::invalid_argument for SQL that does not
    /// compile or has another number of columns, errc::corrupt for a value that is not of the type asked for.
    template <class... Columns, class... Values>
    std::vector<std::tuple<Columns...>> query(const std::string& sql, const Values&... values) const {
        static_assert(sizeof...(Columns) > 0, "name the types of the columns: query<std::string, std::int64_t>(…)");
        side().settle();
        std::vector<std::tuple<Columns...>> rows;
        side().select(
            sql, [&](detail::cell_writer& out) { bind(out, values...); },
            [&](detail::cell_reader& in) {
                std::apply([&](auto&... cells) { (detail::read_cell(in, cells, "of a query"), ...); },
                           rows.emplace_back());
                return true;
            });
        return rows;
    }

private:
    template <class... Values>
    static void bind(detail::cell_writer& out, const Values&... values) {
        (bind_one(out, values), ...);
    }
    template <class Value>
    static void bind_one(detail::cell_writer& out, const Value& value) {
        if constexpr (std::is_convertible_v<const Value&, std::string_view>)
            out.text(value);
        else
            detail::write_cell(out, value, "of a statement");
    }

    std::vector<object> objects() const override;

    std::string columns_;
};

}  // namespace leftfold::inline v0
