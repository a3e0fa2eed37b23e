#include "sql/shown_store.hpp"

#include <string>

namespace leftfold::inline v0::tools {

void give_text(sqlite3_context* to, std::string_view text) {
    sqlite3_result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void give_time(sqlite3_context* to, instant when) {
    constexpr std::string_view without_fraction = "2026-03-15T10:00:00Z";
    auto text = to_rfc3339(when);
    if (text.size() == without_fraction.size() && text.back() == 'Z') text.replace(text.size() - 1, 1, ".000000Z");
    give_text(to, text);
}

}  // namespace leftfold::inline v0::tools
