// What the command line, and processes_in(), say of the process managers of a store.
#include "leftfold/projections/processes_in.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "projections/rides.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace processes_test {

using test_support::run;

class command_line_processes : public test_support::command_line {
protected:
    /// Leaves a store as a program does that has ended: r1 waits for anna, who refused r2, which then gave up.
    void leave_rides() const {
        auto store = open_sqlite(at("rides"), {.partitions = 2});
        repository<rides::ride> all{store};
        repository<rides::driver> drivers{store};
        projection_engine engine{store};
        engine.add_process<rides::dispatch>({}, all, drivers);
        for (const auto* key : {"r1", "r2"}) all.execute(key, [](rides::ride& r) { r.request("anna"); });
        engine.catch_up();
    }
    event_store read_rides() const { return open_sqlite(at("rides"), {.access = access::read_only}); }
};

TEST_F(command_line_processes, are_told_with_instances_and_deadlines) {
    leave_rides();
    auto store = read_rides();
    const auto reports = processes_in(store);
    ASSERT_EQ(reports.size(), 1U);
    const auto& dispatch = reports.front();
    EXPECT_EQ(dispatch.name, "dispatch");
    EXPECT_TRUE(dispatch.reached.has_value());
    EXPECT_EQ(dispatch.instances_in_all, 2U);
    EXPECT_EQ(dispatch.deadlines_waiting, 1U);
    ASSERT_EQ(dispatch.instances.size(), 2U);
    EXPECT_EQ(dispatch.instances[0].key, "r1");
    EXPECT_EQ(dispatch.instances[0].waiting.at(0).message, R"({"driver":"anna"})");
    EXPECT_EQ(dispatch.instances[1].refused->why, "busy with r1");
    EXPECT_TRUE(dispatch.instances[1].waiting.empty()) << "it is finished, so its deadline is cancelled";

    const auto said = run({"processes", at("rides")});
    EXPECT_EQ(said.status, tools::success) << said.err;
    EXPECT_EQ(said.out.rfind("dispatch at ", 0), 0U) << said.out;
    EXPECT_NE(said.out.find(", 2 instance(s), 1 deadline(s) wait\n"), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("  r1: 1 decision(s), 0 deadline(s) reached, 0 refusal(s), "), std::string::npos)
        << said.out;
    EXPECT_NE(said.out.find("    waits: rides.no_answer {\"driver\":\"anna\"}, due "), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("    refused by driver-anna: busy with r1\n"), std::string::npos) << said.out;
}

TEST_F(command_line_processes, are_told_in_json_of_one_instance) {
    leave_rides();
    const auto said = run({"processes", at("rides"), "dispatch", "--key", "r1", "--json"});
    const auto told = boost::json::parse(said.out).as_object();
    EXPECT_EQ(told.at("process").as_string(), "dispatch");
    EXPECT_EQ(told.at("instances_in_all").to_number<int>(), 2);
    ASSERT_EQ(told.at("instances").as_array().size(), 1U);
    const auto& waiting = told.at("instances").at(0).at("waiting").at(0);
    EXPECT_EQ(waiting.at("name").as_string(), "rides.no_answer");
    EXPECT_EQ(waiting.at("message").at("driver").as_string(), "anna");
    EXPECT_EQ(run({"processes", at("rides"), "--limit", "0"}).out.find("r1:"), std::string::npos);
    EXPECT_EQ(run({"processes", at("rides"), "billing"}).status, tools::not_there);
    EXPECT_EQ(run({"processes", at("none")}).status, tools::not_there);
}

TEST_F(command_line_processes, say_how_far_they_are_behind_and_that_a_checkpoint_is_lost) {
    leave_rides();
    {
        auto store = open_sqlite(at("rides"));
        const auto before = processes_in(store).front().events_behind;
        repository<rides::ride>{store}.execute("r3", [](rides::ride& r) { r.request("berta"); });
        const auto behind = processes_in(store).front();
        EXPECT_EQ(behind.events_behind, before + 1);
        EXPECT_GT(behind.time_behind.count(), 0);
        store.checkpoints().drop("process.dispatch");
        EXPECT_EQ(processes_in(store).front().reached, std::nullopt);
    }
    EXPECT_NE(run({"processes", at("rides")}).out.find("dispatch without a checkpoint, "), std::string::npos);
}

TEST_F(command_line_processes, are_none_where_none_began) {
    static_cast<void>(open_sqlite(at("empty"), {.partitions = 1}));
    EXPECT_EQ(run({"processes", at("empty")}).out, "");
    auto store = open_sqlite(at("empty"), {.access = access::read_only});
    EXPECT_THROW(processes_in(store, {.process = "dispatch"}), error);
}

}  // namespace processes_test
}  // namespace leftfold
