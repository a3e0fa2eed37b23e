#include "support/closing_line.hpp"

namespace leftfold::test_support {

std::string count_text(std::int64_t count) {
    auto text = std::to_string(count);
    const std::size_t first_digit = count < 0 ? 1 : 0;
    for (auto at = text.size(); at > first_digit + 3;) text.insert(at -= 3, 1, ',');
    return text;
}

}  // namespace leftfold::test_support
