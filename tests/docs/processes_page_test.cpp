// What docs/processes.md shows.
#include <gtest/gtest.h>

#include <map>

#include "leftfold/projections/processes_in.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/testing/tested_process.hpp"
#include "projections/rides.hpp"

namespace processes_page_test {

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

    std::map<std::string, leftfold::instant> due;
    for (const auto& process : leftfold::processes_in(store))  // by name
        for (const auto& instance : process.instances)         // by key
            for (const auto& deadline : instance.waiting) due[instance.key] = deadline.due;
    EXPECT_EQ(due.at("r1"), running.deadlines().front().due);
}

TEST(processes_page, tests_a_process) {
    using leftfold::testing::cancelled, leftfold::testing::deadline, leftfold::testing::on, leftfold::testing::refused;
    using leftfold::testing::tested_process, leftfold::testing::time_passes;
    using rides::accepted, rides::given_up, rides::no_answer, rides::offered, rides::requested;
    using namespace std::chrono_literals;

    const tested_process<dispatch, ride, driver> dispatching;  // and the aggregates that it sends commands to

    EXPECT_EQ(dispatching.when(on("ride-r1", requested{"anna"})).then_commands(on("driver-anna", offered{"r1"})), "");
    EXPECT_EQ(dispatching.given(on("ride-r1", requested{"anna"}))
                  .when(time_passes(30s))
                  .then_commands(on("ride-r1", given_up{"anna does not answer"})),
              "");
    EXPECT_EQ(dispatching.given(on("driver-anna", offered{"r0"}))
                  .when(on("ride-r1", requested{"anna"}))
                  .then_commands(refused("driver-anna", "busy"), on("ride-r1", given_up{"anna is busy with r0"})),
              "");

    auto asked = dispatching.when(on("ride-r1", requested{"anna"}));
    EXPECT_EQ(asked.then_scheduled(deadline("r1", 30s, no_answer{"anna"})), "");
    EXPECT_EQ(asked.when(on("driver-anna", accepted{"r1"})).then_cancelled(cancelled<no_answer>("r1")), "");
    EXPECT_EQ(asked.then_instance("r1", &dispatch::is_accepted, true), "");
}

}  // namespace processes_page_test
