// What docs/processes.md shows.
#include <gtest/gtest.h>

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/world.hpp"
#include "projections/rides.hpp"

namespace {

using rides::dispatch, rides::driver, rides::ride;

TEST(processes_page, runs_a_process) {
    auto store = leftfold::open_memory();
    leftfold::repository<ride> rides{store};
    leftfold::repository<driver> drivers{store};
    leftfold::projection_engine engine{store};
    auto running = engine.add_process<dispatch>({}, rides, drivers);
    engine.start();
    auto done = rides.execute("r1", [](ride& r) { r.request("anna"); });
    engine.wait_for<dispatch>(done.position);  // until all that the event leads to is done

    EXPECT_EQ(running.find("r1")->driver_asked(), "anna");  // a copy of the instance
    EXPECT_EQ(running.deadlines().size(), 1U);              // what waits, and until when
    EXPECT_EQ(drivers.load("anna")->version(), leftfold::version{1});
}

}  // namespace
