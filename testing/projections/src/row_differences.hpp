#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leftfold::inline v0::testing::detail {

/// The rows of a table, each a list of cells as text, and what its columns are called.
struct shown_table {
    std::string name;
    std::vector<std::string> columns;
    std::size_t key = 0;  ///< which column is the key
    std::vector<std::vector<std::string>> rows{};
};

/// Says which rows are missing (-), which are there and should not be (+), and of those with an expected key which
/// columns differ. Empty when nothing does.
std::string row_differences(const shown_table& found, const std::vector<std::vector<std::string>>& expected);

/// Says the same of lines whose order counts, under a title.
std::string line_differences(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                             std::string_view title = "expected (-) and found (+) rows differ:");

}  // namespace leftfold::inline v0::testing::detail
