#pragma once
// The names that a table's SQL is made of.

#include <span>
#include <string>
#include <string_view>

#include "leftfold/projections/row_type.hpp"
#include "sql_text.hpp"

namespace leftfold::inline v0::detail {

inline constexpr std::string_view valid_from_column = "valid_from";
inline constexpr std::string_view valid_to_column = "valid_to";
inline constexpr std::string_view written_by_column = "written_by";

/// The end of time in the history view, for rows that are true now.
inline constexpr std::string_view open_end = "9223372036854775807";

inline std::string versions_name(const std::string& table) { return table + "_versions"; }

inline void add_column_list(sql_text& sql, std::span<const column> columns) {
    for (std::size_t i = 0; i != columns.size(); ++i) sql.add(i == 0 ? "" : ", ").name(columns[i].name);
}

}  // namespace leftfold::inline v0::detail
