#pragma once

#include <string>
#include <string_view>

namespace leftfold::inline v0::detail {

/// SQL whose names are known only at run time. A name goes in quoted, and has been checked before; values never go in:
/// they are bound.
class sql_text {
public:
    explicit sql_text(std::string_view start = {}) : text_(start) {}

    /// Adds constant SQL.
    sql_text& add(std::string_view constant) {
        text_ += constant;
        return *this;
    }

    /// Adds a name in double quotes.
    sql_text& name(std::string_view name) {
        text_ += '"';
        for (const char letter : name) {
            if (letter == '"') text_ += '"';
            text_ += letter;
        }
        text_ += '"';
        return *this;
    }

    /// Adds a parameter: ?3.
    sql_text& parameter(std::size_t number) {
        text_ += '?';
        text_ += std::to_string(number);
        return *this;
    }

    const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// Checks the name of a table: `[a-z][a-z0-9_]{0,47}`, not one of SQLite's or ours. Throws errc::invalid_name.
void check_table_name(std::string_view name);

}  // namespace leftfold::inline v0::detail
