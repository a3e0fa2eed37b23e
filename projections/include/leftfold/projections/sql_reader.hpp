#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "leftfold/projections/column.hpp"
#include "leftfold/projections/model_part.hpp"
#include "leftfold/projections/parked.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

namespace detail {
class sql_session;
}

struct sql_reader_options {
    /// The store that the models were made from. Without it a time is answered up to the one that was closed when the
    /// engine last wrote; with it, as far as nothing is missing. It must not be closed before the reader goes.
    event_store* store = nullptr;
    /// How long a query waits for the rows to come as far as a time that it asks for.
    std::chrono::milliseconds as_of_wait = std::chrono::seconds{1};
    /// What becomes of a question about a time at or before which an event is parked: errc::incomplete, or an answer
    /// without it.
    parked_events parked = parked_events::refuse;
};

/// Asks the read models of a database in SQL, as they are and as they were, beside the engine that keeps them:
///
///     leftfold::sql_reader read{"bank.views.db"};
///     const auto rich = read.query<std::string, std::int64_t>(
///         "SELECT account, cents FROM balances_as_of('2026-03-15') WHERE cents > ?1", 100'00);
///
/// A table `balances` with history has the function `balances_as_of(time)`, which gives its rows as they stood then.
/// The time is RFC 3339, a bare date (00:00:00Z), `2 hours ago` and the like, microseconds since 1970, or a moment as
/// to_string(moment) writes it, which is known by its cut, with the store or without. Functions may
/// be joined with each other, with tables, and with themselves at another time; a query sees one state of the database,
/// so that everything in it is of one cut. Asking for one key (`WHERE account = 'alice'`, or a join on it) looks up
/// that key; all else reads the versions that were true then. Their column `as_of`, which `*` does not show, is the
/// time.
///
/// The whole story of a row is in the view `balances_history`, which any SQLite shell has too (docs/read_models.md).
///
/// Thread safety: one thread at a time; give each its own. Costs one read-only connection.
///
/// Errors, beside errc::io_error and errc::corrupt: errc::invalid_argument for SQL that does not compile or has another
/// number of columns, and for what is no time; and of the functions errc::not_yet (the time has not come),
/// before_history (the table keeps nothing that old), behind (the model has not come that far within as_of_wait),
/// incomplete (an event of that time is parked), stale_model (it was made from another store than the one given),
/// not_closed.
class sql_reader {
public:
    /// Throws errc::not_found, foreign_file (not a database of read models), newer_format.
    explicit sql_reader(const std::filesystem::path& database, const sql_reader_options& options = {});
    /// What live_model::sql() calls.
    explicit sql_reader(std::unique_ptr<detail::sql_session> asks);
    ~sql_reader();
    sql_reader(sql_reader&&) noexcept;
    sql_reader& operator=(sql_reader&&) noexcept;

    /// Runs a query, with its parameters ?1, ?2, … as values of any type that a column can hold, and returns its rows
    /// as tuples. Throws errc::corrupt for a value that is not of the type asked for.
    template <class... Columns, class... Values>
    std::vector<std::tuple<Columns...>> query(const std::string& sql, const Values&... values) {
        static_assert(sizeof...(Columns) > 0, "name the types of the columns: query<std::string, std::int64_t>(…)");
        std::vector<std::tuple<Columns...>> rows;
        select(
            sql, sizeof...(Columns), [&](detail::cell_writer& out) { (bind_one(out, values), ...); },
            [&](detail::cell_reader& in) {
                std::apply([&](auto&... cells) { (detail::read_cell(in, cells, "of a query"), ...); },
                           rows.emplace_back());
                return true;
            },
            [&] {
                rows.clear();
                return true;
            });
        return rows;
    }

private:
    template <class Value>
    static void bind_one(detail::cell_writer& out, const Value& value) {
        if constexpr (std::is_convertible_v<const Value&, std::string_view>)
            out.text(value);
        else
            detail::write_cell(out, value, "of a statement");
    }

    void select(const std::string& sql, std::size_t columns, detail::cell_binder bind, detail::cell_visitor row,
                function_ref<bool()> begin_again);

    std::unique_ptr<detail::sql_session> session_;
};

}  // namespace leftfold::inline v0
