#pragma once

#include <memory>
#include <string>
#include <vector>

#include "leftfold/projections/cells.hpp"
#include "leftfold/projections/model_part.hpp"
#include "leftfold/storage/error.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// Binds values to a statement's parameters, one after another from ?1.
class statement_writer final : public cell_writer {
public:
    explicit statement_writer(sqlite::statement& to) : to_(to) {}

    void null() override { to_.bind_null(++parameter_); }
    void integer(std::int64_t value) override { to_.bind(++parameter_, value); }
    void real(double value) override { to_.bind_real(++parameter_, value); }
    void text(std::string_view value) override { to_.bind_text(++parameter_, value); }
    void blob(std::string_view value) override { to_.bind_blob(++parameter_, value); }
    std::string& scratch() override { return *made_.emplace_back(std::make_unique<std::string>()); }

private:
    sqlite::statement& to_;
    int parameter_ = 0;
    std::vector<std::unique_ptr<std::string>> made_;  // what is bound stays where it is
};

/// Reads a row's columns, one after another.
class statement_reader final : public cell_reader {
public:
    explicit statement_reader(sqlite::statement& from) : from_(from) {}

    bool null() override;
    std::int64_t integer() override;
    double real() override;
    std::string_view text() override;
    std::string_view blob() override;

private:
    int next(const char* wanted, bool (*fits)(int type));

    sqlite::statement& from_;
    int column_ = 0;
};

/// Runs a query with the parameters that `bind` gives, and visits its rows until there are none or `row` wants no more.
/// The statement is reset at the end, whatever was thrown.
void visit_rows(sqlite::statement& query, cell_binder bind, cell_visitor row);

/// Whether what was thrown is SQLite's word, the last on that connection, of a file or a disk that failed. Then it is
/// no fault of the event in whose name somebody asked.
bool is_of_the_file(const error& failed, sqlite::connection& on) noexcept;

/// Calls what an event asks of a database, and remembers when the database failed, and not the event.
template <class F>
void unless_the_file_fails(bool& broken, sqlite::connection& on, F&& ask) {
    try {
        ask();
    } catch (const error& failed) {
        broken = broken || is_of_the_file(failed, on);
        throw;
    }
}

}  // namespace leftfold::inline v0::detail
