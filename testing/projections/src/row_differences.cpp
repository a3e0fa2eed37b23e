#include "row_differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace leftfold::inline v0::testing::detail {

namespace {

/// `{account: "alice", cents: 50}`
std::string show(const shown_table& of, const std::vector<std::string>& row) {
    std::string text = "{";
    for (std::size_t i = 0; i != row.size(); ++i)
        text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", of.columns[i], row[i]);
    return text + "}";
}

/// Lines of a difference, of which only the first ones are shown.
class shown_lines {
public:
    void add(const std::string& line) {
        if (count_++ < shown_max) text_ += "\n" + line;
    }
    std::string under(std::string_view title) const {
        if (count_ == 0) return {};
        const auto more = count_ > shown_max ? fmt::format("\nand {} more", count_ - shown_max) : std::string();
        return fmt::format("{}{}{}", title, text_, more);
    }

private:
    static constexpr std::size_t shown_max = 20;

    std::string text_;
    std::size_t count_ = 0;
};

}  // namespace

std::string row_differences(const shown_table& found, const std::vector<std::vector<std::string>>& expected) {
    std::map<std::string, const std::vector<std::string>*> left;
    for (const auto& row : found.rows) left.emplace(row[found.key], &row);
    shown_lines lines;
    for (const auto& row : expected) {
        const auto there = left.find(row[found.key]);
        if (there == left.end()) {
            lines.add("- " + show(found, row));
            continue;
        }
        for (std::size_t i = 0; i != row.size(); ++i)
            if (row[i] != (*there->second)[i])
                lines.add(fmt::format("  {}: {}: expected {}, found {}", row[found.key], found.columns[i], row[i],
                                      (*there->second)[i]));
        left.erase(there);
    }
    for (const auto& row : found.rows)
        if (left.contains(row[found.key])) lines.add("+ " + show(found, row));
    return lines.under(fmt::format("expected (-) and found (+) rows of table {} differ:", found.name));
}

std::string line_differences(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                             std::string_view title) {
    if (found == expected) return {};
    shown_lines lines;
    for (std::size_t i = 0; i < std::max(found.size(), expected.size()); ++i) {
        const bool is_same = i < found.size() && i < expected.size() && found[i] == expected[i];
        if (is_same) {
            lines.add("  " + found[i]);
            continue;
        }
        if (i < expected.size()) lines.add("- " + expected[i]);
        if (i < found.size()) lines.add("+ " + found[i]);
    }
    return lines.under(title);
}

}  // namespace leftfold::inline v0::testing::detail
