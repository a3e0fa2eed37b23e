// A disk that fails while rows are looked up or moved: no event is blamed for it, and whoever waits gets an answer.

#include <gtest/gtest.h>

#include <limits>

#include "projections/pockets.hpp"
#include "projections/read_models.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"

namespace failing_disk_test {

using namespace leftfold::test_support;
using leftfold::order;
using leftfold::test_support::calls;

/// Two of them fill a page, so that they are read one by one.
struct account {
    std::string key;
    std::int64_t cents{};
    std::string owner;
};
BOOST_DESCRIBE_STRUCT(account, (), (key, cents, owner))

/// Sets a stream aside at the first failure of one of its events.
class careful : public leftfold::projection<careful, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "careful";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    using ignored = leftfold::ignores_others;
    leftfold::table<account, &account::key> rows{*this, "careful"};
    void on(const bank::opened& e, const leftfold::recorded& at) { rows.insert({at.key(), 0, e.owner}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
};

/// Stops at the first failure of an event.
class in_lanes : public leftfold::projection<in_lanes, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "in_lanes";
    static constexpr auto folds = order::per_partition;
    using ignored = leftfold::ignores_others;
    leftfold::table<account, &account::key> rows{*this, "in_lanes"};
    void on(const bank::opened& e, const leftfold::recorded& at) { rows.insert({at.key(), 0, e.owner}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
};

class failing_disk : public read_models::fixture {
protected:
    static constexpr int accounts = 40;

    /// A round of deposits, in which each row is looked up anew.
    static void deposit(leftfold::event_store& store) {
        for (int i = 0; i != accounts; ++i) bank::append(store, "a" + std::to_string(i), bank::deposited{1});
    }

    /// Lets the nth read of the disk fail while an engine folds, for n = 1, 2, 3 … until none does, and returns how
    /// many did.
    template <class Projection>
    int fold_on_a_disk_that_does_not_read(fault_length length) {
        simulated_disk disk;
        const simulated_vfs vfs(disk, {.as = simulated_vfs_options::role::platform});
        auto store = make_store();
        for (int i = 0; i != accounts; ++i)
            bank::append(store, "a" + std::to_string(i), bank::opened{std::string(1'800, 'o')});
        const leftfold::projection_options options{
            .database = file(), .flush = {.events = 4, .cached_rows = 0}, .retries = {.count = 0}};
        {
            leftfold::projection_engine first{store};
            first.add<Projection>(options);
            first.catch_up();
        }
        std::int64_t deposits = 0;
        for (std::uint64_t nth = 1;; ++nth) {
            SCOPED_TRACE(nth);
            deposit(store);
            ++deposits;
            leftfold::projection_engine engine{store};
            auto& read = engine.add<Projection>(options);
            disk.inject({.calls = calls({disk_call::read, disk_call::open}),
                         .nth = nth,
                         .outcome = disk_outcome::io_error,
                         .length = length});
            try {
                engine.catch_up();
            } catch (const leftfold::error& failed) {
                EXPECT_EQ(failed.kind(), leftfold::errc::projection_stopped) << failed.what();
            }
            const bool fired = disk.fault_fired();
            disk.heal();
            engine.resume<Projection>();
            engine.catch_up();
            const auto status = engine.status<Projection>();
            EXPECT_EQ(status.state, leftfold::projection_state::live);
            EXPECT_EQ(status.parked, 0U);
            EXPECT_EQ(status.failures, status.restarts) << "each for the disk: " << status.last_failure;
            for (const auto& each : read.rows.all()) EXPECT_EQ(each.cents, deposits) << each.key;
            if (!fired) return static_cast<int>(nth) - 1;
            if (nth == 400U) {
                ADD_FAILURE() << "there is no end";
                return 0;
            }
        }
    }
};

TEST_F(failing_disk, that_does_not_read_a_row_is_no_fault_of_the_event) {
    EXPECT_GT(fold_on_a_disk_that_does_not_read<careful>(fault_length::once), 5);
    std::filesystem::remove(file());
    EXPECT_GT(fold_on_a_disk_that_does_not_read<careful>(fault_length::until_healed), 5);
}

TEST_F(failing_disk, that_does_not_read_a_row_in_a_lane_is_no_fault_of_the_event) {
    EXPECT_GT(fold_on_a_disk_that_does_not_read<in_lanes>(fault_length::once), 5);
    std::filesystem::remove(file());
    EXPECT_GT(fold_on_a_disk_that_does_not_read<in_lanes>(fault_length::until_healed), 5);
}

TEST_F(failing_disk, lets_neither_a_rebuild_nor_a_way_back_go_on_for_ever) {
    simulated_disk disk;
    const simulated_vfs vfs(disk, {.as = simulated_vfs_options::role::platform});
    for (const bool goes_back : {false, true}) {
        int failed = 0;
        for (std::uint64_t nth = 1;; nth += 2) {
            SCOPED_TRACE(goes_back ? "back" : "anew");
            SCOPED_TRACE(nth);
            auto store = make_store();
            pockets::sew(store);
            leftfold::projection_engine engine{store, {.supervision = {.restarts = std::numeric_limits<int>::max()}}};
            auto& read = engine.add<pockets::mended>(
                {.database = directory_ / std::to_string(nth + (goes_back ? 1U : 0U)), .flush = {.events = 4}});
            engine.catch_up();
            EXPECT_TRUE(engine.rebuild<pockets::mended>().swapped);
            for (int i = 0; i != 6; ++i) pockets::append(store, i, pockets::moved{i, 7 - i, 10});
            engine.catch_up();
            disk.inject({.calls = calls({disk_call::read, disk_call::write, disk_call::sync}),
                         .nth = nth,
                         .outcome = disk_outcome::io_error,
                         .length = fault_length::until_healed});
            try {
                if (goes_back)
                    engine.roll_back<pockets::mended>();
                else
                    engine.rebuild<pockets::mended>();
            } catch (const leftfold::error&) {
                ++failed;
            }
            const bool fired = disk.fault_fired();
            disk.heal();
            engine.resume<pockets::mended>();
            engine.catch_up();
            EXPECT_EQ(read.rows.all().size(), static_cast<std::size_t>(pockets::count));
            EXPECT_EQ(engine.status<pockets::mended>().state, leftfold::projection_state::live);
            if (!fired) break;
            ASSERT_LT(nth, 400U);
        }
        EXPECT_GT(failed, 3);
    }
}

}  // namespace failing_disk_test
