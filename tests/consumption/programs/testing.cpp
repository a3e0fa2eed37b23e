// A program of leftfold::testing: given, when, then, and a store whose clock stands still.
#include <bank/account.hpp>
#include <iostream>
#include <leftfold/framework/repository.hpp>
#include <leftfold/testing/given.hpp>
#include <leftfold/testing/store.hpp>

using leftfold::testing::given;

int main() {
    const auto differs = given<bank::account>(bank::opened{"Ann"}, bank::deposited{50})
                             .when(&bank::account::withdraw, 20)
                             .then(bank::withdrawn{20});
    leftfold::testing::store store;
    leftfold::repository<bank::account> accounts{store};
    accounts.execute("ann", [](bank::account& a) { a.open("Ann"); });
    std::cout << differs << "done at " << leftfold::to_rfc3339(store.now()) << '\n';
}
