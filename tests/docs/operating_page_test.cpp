// The snippets of docs/operating.md.
#include <gtest/gtest.h>

#include "leftfold/testing/store.hpp"
#include "projections/bank.hpp"
#include "projections/rides.hpp"
#include "support/temporary_directory.hpp"

namespace operating_page_test {

using namespace std::chrono_literals;
using namespace bank;

TEST(operating_page, gives_orders) {
    const leftfold::test_support::temporary_directory place;
    leftfold::testing::store store;
    append(store, "alice", opened{"Alice"});
    leftfold::projection_engine engine{store};
    engine.add<balances>({.database = place / "bank.views.db"});
    engine.start();

    engine.drain<balances>({.at_most = 30s}, "the nightly backup");  // folds what is closed now, then pauses
    // copy the database, look at it in peace, …
    engine.resume<balances>("the nightly backup");

    engine.seek<balances>(leftfold::start_at::ago(24h));  // the rows of the last day, and no others
    engine.pause("balances", "Olga");                     // by name, as a person writes it
    // …
    const auto now = engine.status<balances>();
    EXPECT_EQ(now.state, leftfold::projection_state::paused);
    EXPECT_EQ(now.told_by, "Olga");
    EXPECT_EQ(now.generation, 2);
}

TEST(operating_page, gives_orders_to_a_process) {
    using rides::dispatch;
    leftfold::testing::store store;
    leftfold::projection_engine engine{store};
    engine.add_process<dispatch>({}, leftfold::repository<rides::ride>{store},
                                 leftfold::repository<rides::driver>{store});
    engine.start();

    engine.pause<dispatch>("Olga");  // reacts to nothing, reaches no deadline
    EXPECT_EQ(engine.status<dispatch>().told_by, "Olga");
    engine.resume("dispatch");  // then to all that came meanwhile, once
    EXPECT_EQ(engine.status<dispatch>().told_by, "");
}

}  // namespace operating_page_test
