// Given what happened, when somebody takes, then this happens. Each check is an empty text when it holds, so any test
// library will do, or none.
#include "stock.hpp"

#include <iostream>
#include <leftfold/testing/given.hpp>
#include <string>

using leftfold::testing::given;

int main() {
    const std::string differences[] = {
        given<stock>(received{5}).when(&stock::take, 2).then(taken{2}),
        given<stock>(received{5}, taken{4}).when(&stock::take, 2).then_throws<out_of_stock>("2 wanted, 1 in stock"),
    };
    int failed = 0;
    for (const auto& difference : differences) {
        if (difference.empty()) continue;
        std::cerr << difference << '\n';
        ++failed;
    }
    return failed;
}
