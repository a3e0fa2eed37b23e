#pragma once

#include <memory>
#include <string>
#include <vector>

#include "leftfold/projections/cells.hpp"
#include "leftfold/projections/model_part.hpp"
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

}  // namespace leftfold::inline v0::detail
