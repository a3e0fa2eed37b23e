#include "leftfold/projections/sql_reader.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "leftfold/storage/error.hpp"
#include "sql_session.hpp"
#include "sqlite/statement.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0 {

sql_reader::sql_reader(const std::filesystem::path& database, const sql_reader_options& options)
    : session_(std::make_unique<detail::sql_session>(database, options)) {}

sql_reader::sql_reader(std::unique_ptr<detail::sql_session> asks) : session_(std::move(asks)) {}

sql_reader::~sql_reader() = default;
sql_reader::sql_reader(sql_reader&&) noexcept = default;
sql_reader& sql_reader::operator=(sql_reader&&) noexcept = default;

void sql_reader::select(const std::string& sql, std::size_t columns, detail::cell_binder bind, detail::cell_visitor row,
                        function_ref<bool()> begin_again) {
    session_->read(
        [&](sqlite::connection& on) {
            auto statement = detail::prepare(on, sql);
            const auto found = sqlite3_column_count(statement.handle());
            if (found != static_cast<int>(columns))
                throw error(errc::invalid_argument,
                            fmt::format("running \"{}\": it has {} columns, {} are asked for", sql, found, columns));
            detail::statement_writer out(statement);
            bind(out);
            while (statement.step()) {
                detail::statement_reader in(statement);
                if (!row(in)) break;
            }
        },
        begin_again);
}

}  // namespace leftfold::inline v0
