#pragma once

#include <string_view>

#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::detail {

/// Compares the rows of a projection in one database, those of the past included, with those that are expected, and
/// adds to the report what differs: of one table, or of all when its name is empty. Goes through both in order of their
/// keys: one pass a table, no row held but two.
void compare_models(const projection_base& of, std::string_view table, sqlite::connection& expected,
                    sqlite::connection& found, const verify_projection_options& options, projection_report& report);

/// Replaces what a table of rows has under a key, its history included, by what is expected. In a transaction of `to`.
/// Throws errc::not_found and errc::unsupported as heal_row() says.
void replace_row(const projection_base& of, std::string_view table, std::string_view key, sqlite::connection& expected,
                 sqlite::connection& to);

/// Throws what replace_row() would for a table that it cannot heal.
void check_healable(const projection_base& of, std::string_view table, sqlite::connection& expected);

}  // namespace leftfold::inline v0::detail
