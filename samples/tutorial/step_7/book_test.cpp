#include <iostream>
#include <leftfold/testing/given.hpp>
#include <string>

#include "book.hpp"

using leftfold::testing::given;

int main() {
    const std::string differences[] = {
        given<book>().when(&book::lend_to, "Ann", "harbour").then(lent{"Ann", "harbour"}),
        given<book>(lent{"Ann"}).when(&book::lend_to, "Ben", "main").then_throws<already_lent>("with Ann"),
        given<book>(lent{"Ann"}).when(&book::take_back).then(brought_back{}),
        given<book>(lent{"Ann"}, brought_back{}).when(&book::take_back).then_nothing(),
    };
    int failed = 0;
    for (const auto& difference : differences) {
        if (difference.empty()) continue;
        std::cout << difference << '\n';
        ++failed;
    }
    return failed;
}
