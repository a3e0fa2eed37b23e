// A program of leftfold::testing_projections: what a projection makes of events.
#include <bank/account.hpp>
#include <bank/read_models.hpp>
#include <iostream>
#include <leftfold/testing/project.hpp>

using leftfold::testing::on, leftfold::testing::project;

int main() {
    const auto differs = project<bank::balances>(on("account-alice", bank::opened{"Alice"}, bank::deposited{50}),
                                                 on("account-alice", bank::withdrawn{20}))
                             .twice()
                             .expect(bank::balance{"alice", 30});
    std::cout << (differs.empty() ? "alice has 30 cents" : differs) << '\n';
}
