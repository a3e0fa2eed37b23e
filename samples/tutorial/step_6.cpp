#include <iostream>
#include <leftfold/testing/given.hpp>
#include <string>

#include "book.hpp"

using leftfold::testing::given;

int main() {
    const std::string differences[] = {
        given<book>().when(&book::lend_to, "Ann").then(lent{"Ann"}),
        given<book>(lent{"Ann"}).when(&book::lend_to, "Ben").then_throws<already_lent>("with Ann"),
        given<book>(lent{"Ann"}).when(&book::take_back).then(returned{}),
        given<book>(lent{"Ann"}, returned{}).when(&book::take_back).then_nothing(),
    };
    int failed = 0;
    for (const auto& difference : differences) {
        if (difference.empty()) continue;
        std::cout << difference << '\n';
        ++failed;
    }
    return failed;
}
