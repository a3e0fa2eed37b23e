#include "shown_row.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace leftfold::inline v0::detail {

void shown_cells::null() { all_.emplace_back("NULL"); }

void shown_cells::integer(std::int64_t value) { all_.push_back(std::to_string(value)); }

void shown_cells::real(double value) {
    auto& shown = all_.emplace_back(fmt::format("{}", value == 0 ? 0.0 : value));  // SQLite keeps no sign of zero
    if (shown.find_first_of(".en") == std::string::npos) shown += ".0";
}

void shown_cells::text(std::string_view value) { all_.push_back(fmt::format("\"{}\"", value)); }

void shown_cells::blob(std::string_view value) {
    auto& shown = all_.emplace_back("x'");
    for (const char byte : value) fmt::format_to(std::back_inserter(shown), "{:02x}", static_cast<unsigned char>(byte));
    shown += '\'';
}

std::string& shown_cells::scratch() {
    scratch_.clear();
    return scratch_;
}

std::vector<std::string> show_row(const sqlite::statement& at) {
    shown_cells shown;
    for (int i = 0; i != sqlite3_column_count(at.handle()); ++i) switch (sqlite3_column_type(at.handle(), i)) {
            case SQLITE_INTEGER:
                shown.integer(at.number(i));
                break;
            case SQLITE_FLOAT:
                shown.real(at.real(i));
                break;
            case SQLITE_TEXT:
                shown.text(at.text(i));
                break;
            case SQLITE_BLOB:
                shown.blob(at.blob(i));
                break;
            default:
                shown.null();
        }
    return shown.all();
}

}  // namespace leftfold::inline v0::detail
