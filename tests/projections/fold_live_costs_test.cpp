// What a fold on demand reads, counted by the disk.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "leftfold/projections/fold_live.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "projections/bank.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"

namespace fold_live_costs_test {

using namespace bank;
using leftfold::fold_live;
using leftfold::live_options;

/// Keeps a number and no table.
class deposits : public leftfold::projection<deposits, deposited> {
public:
    static constexpr auto projection_name = "deposits";
    using ignored = leftfold::ignores<closed>;
    int count = 0;
    void on(const deposited&) { ++count; }
};

TEST(live_costs, payloads_that_are_not_asked_for_are_not_read) {
    leftfold::test_support::simulated_disk disk;
    const leftfold::test_support::simulated_vfs vfs(disk);
    {
        auto store = leftfold::open_sqlite("/bank", {.partitions = 1, .vfs = vfs.name()});
        for (int i = 0; i != 40; ++i) {
            leftfold::event_data data(i == 7 ? deposited::event_type : closed::event_type,
                                      "{\"cents\":1,\"note\":\"" + std::string(100'000, 'x') + "\"}");
            data.metadata.add("number", std::to_string(i));
            store.append({"account", "ann"}, leftfold::expected_version::any(), {data}).value();
            store.append({"savings", "bob"}, leftfold::expected_version::any(), {data}).value();
        }
    }
    auto store = leftfold::open_sqlite("/bank", {.vfs = vfs.name()});
    const auto read_by = [&](const live_options& query) {
        const auto before = disk.counts().bytes_read;
        EXPECT_EQ(fold_live<deposits>(store, query).events(), 1u);
        return disk.counts().bytes_read - before;
    };
    const live_options by_type{.categories = {"account"}, .types = {deposited::event_type}};
    const live_options by_header{.categories = {"account"}, .headers = {{"number", "7"}}};
    const live_options of_a_stream{.categories = {"account"}, .types = {deposited::event_type}, .keys = {"ann"}};
    const live_options of_a_key{.types = {deposited::event_type}, .keys = {"ann"}};
    for (const auto& query : {by_type, by_header, of_a_stream, of_a_key})
        EXPECT_LT(read_by(query), 1'200'000u) << "of eight million";
}

TEST(live_costs, a_stream_is_read_through_the_index_and_not_by_a_pass) {
    leftfold::test_support::simulated_disk disk;
    const leftfold::test_support::simulated_vfs vfs(disk);
    {
        auto store = leftfold::open_sqlite("/bank", {.partitions = 1, .vfs = vfs.name()});
        std::vector<leftfold::event_data> many;
        for (int i = 0; i != 500; ++i) many.emplace_back(deposited::event_type, "{\"cents\":1}");
        const std::vector<leftfold::event_data> one(many.begin(), many.begin() + 1);
        for (int i = 0; i != 40; ++i)
            store.append({"account", i == 20 ? "ann" : "bob"}, leftfold::expected_version::any(), i == 20 ? one : many)
                .value();
    }
    const auto cost_of = [&](const live_options& query) {
        auto store = leftfold::open_sqlite("/bank", {.vfs = vfs.name()});
        const auto before = disk.counts().bytes_read;
        EXPECT_EQ(fold_live<deposits>(store, query).events(), 1u);
        return disk.counts().bytes_read - before;
    };
    const auto by_stream = cost_of({.categories = {"account"}, .keys = {"ann"}});
    const auto by_pass = cost_of({.keys = {"ann"}});
    EXPECT_LT(by_stream * 20, by_pass);
}

}  // namespace fold_live_costs_test
