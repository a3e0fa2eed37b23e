#include "shown_cell.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>

#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0::tools {

boost::json::value as_json(const sqlite::statement& row, int column) {
    switch (sqlite3_column_type(row.handle(), column)) {
        case SQLITE_NULL:
            return nullptr;
        case SQLITE_INTEGER:
            return row.number(column);
        case SQLITE_FLOAT:
            if (std::isinf(row.real(column))) return row.real(column) > 0 ? "Infinity" : "-Infinity";
            return row.real(column);
        case SQLITE_TEXT:
            if (is_utf8(row.text(column))) return boost::json::value(row.text(column));
            [[fallthrough]];
        default:
            return boost::json::value(fmt::format("<{} bytes>", row.blob(column).size()));
    }
}

std::string as_text(const sqlite::statement& row, int column) {
    if (sqlite3_column_type(row.handle(), column) == SQLITE_BLOB)
        return fmt::format("<{} bytes>", row.blob(column).size());
    return std::string(row.text(column));
}

}  // namespace leftfold::inline v0::tools
