// A lane for each partition: the rows, history included, are those of a fold in the order of the log.

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "leftfold/projections/verify_projection.hpp"
#include "projections/idle_threads.hpp"
#include "projections/read_models.hpp"
#include "projections/trails.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"

namespace per_partition_test {

using leftfold::errc;
using read_models::code_of;
using read_models::rows_of_text;
using read_models::shell;
using trails::by_log;
using trails::in_lanes;

constexpr std::uint32_t partitions = 4;
constexpr std::size_t all_at_once = 250'000;

class per_partition : public read_models::fixture {
protected:
    leftfold::event_store make_store(std::uint32_t of = partitions) const {
        return leftfold::open_memory({.partitions = of, .store = store_options_});
    }
    static leftfold::projection_options in(const std::filesystem::path& file, std::size_t flush = all_at_once) {
        return {.database = file, .flush = {.events = flush}, .retries = {.count = 0}};
    }
    template <class Projection>
    static void fold(leftfold::event_store& store, const leftfold::projection_options& options) {
        leftfold::projection_engine engine{store};
        engine.add<Projection>(options);
        engine.catch_up();
    }
    /// All that the rows of a database are, and were.
    static rows_of_text dump(const std::filesystem::path& of) {
        auto all = shell(of, "SELECT *, 'now' FROM trails ORDER BY of");
        for (auto& row : shell(of, "SELECT * FROM trails_versions ORDER BY of, valid_to"))
            all.push_back(std::move(row));
        for (auto& row : shell(of, "SELECT cut, chains FROM leftfold_models")) all.push_back(std::move(row));
        return all;
    }
    rows_of_text dump_of_a_replay(leftfold::event_store& store) const {
        const auto file = directory_ / "replay.db";
        fold<by_log>(store, in(file));
        auto all = dump(file);
        std::filesystem::remove(file);
        return all;
    }
};

TEST_F(per_partition, whatever_the_flush_the_rows_are_those_of_a_replay_in_the_order_of_the_log) {
    auto store = make_store();
    trails::fill(store, 1'500);
    const auto expected = dump_of_a_replay(store);
    for (const std::size_t flush : {std::size_t{1}, std::size_t{7}, std::size_t{1'000}, all_at_once}) {
        const auto file = directory_ / std::to_string(flush);
        fold<in_lanes>(store, in(file, flush));
        EXPECT_EQ(dump(file) == expected, true) << flush;
    }
}

TEST_F(per_partition, a_kill_between_any_two_durable_steps_changes_nothing) {
    struct killed {};
    auto store = make_store();
    trails::fill(store, 90);
    const auto expected = dump_of_a_replay(store);
    for (int at = 1;; ++at) {
        int passed = 0;
        const auto fail = [&](std::string_view) {
            if (++passed == at) throw killed{};
        };
        const auto options = in(directory_ / ("killed" + std::to_string(at)), 40);
        bool done = false;
        try {
            leftfold::projection_engine engine{store, {.failpoint = fail}};
            engine.add<in_lanes>(options);
            engine.catch_up();
            done = true;
        } catch (const killed&) {
        }
        fold<in_lanes>(store, options);
        ASSERT_EQ(dump(options.database) == expected, true) << "killed at failpoint " << at;
        if (done) {
            EXPECT_GT(at, 8);
            break;
        }
    }
}

TEST_F(per_partition, a_power_cut_at_any_moment_changes_nothing) {
    using namespace leftfold::test_support;
    auto store = make_store();
    trails::fill(store, 60);
    const auto expected = dump_of_a_replay(store);
    simulated_disk disk;
    std::filesystem::create_directories(directory_ / "before");
    {
        const simulated_vfs vfs(disk, {.as = simulated_vfs_options::role::platform});
        fold<in_lanes>(store, in(directory_ / "before/views.db", 16));
    }
    std::mt19937_64 random(5);
    disk_replay replay(disk);
    for (std::size_t moment = 1; moment <= disk.moment(); moment += 7) {
        replay.advance_to(moment);
        for (const auto mode : {crash_mode::drop_unsynced, crash_mode::torn_sectors}) {
            write_image(replay.crash(mode, random), directory_ / "after");
            fold<in_lanes>(store, in(directory_ / "after/views.db", 16));
            ASSERT_EQ(dump(directory_ / "after/views.db") == expected, true) << moment;
        }
    }
}

TEST_F(per_partition, events_of_a_key_come_in_order_while_eight_write) {
    constexpr int each = 150;
    auto store = make_store();
    {
        leftfold::projection_engine engine{store};
        engine.add<in_lanes>(in(file()));
        engine.start();
        std::vector<std::thread> writers;
        for (int w = 0; w != 8; ++w)
            writers.emplace_back([&store, w] {
                for (int i = 0; i != each; ++i) trails::append(store, "s" + std::to_string((w + i) % 13), {i, ""});
            });
        for (auto& writer : writers) writer.join();
        for (int s = 0; s != 13; ++s)
            engine.wait_for(trails::append(store, "s" + std::to_string(s), {s, ""}).position,
                            {.at_most = std::chrono::seconds{30}});
        EXPECT_EQ(engine.status<in_lanes>().failures, 0U) << engine.status<in_lanes>().last_failure;
    }
    EXPECT_EQ(shell(file(), "SELECT sum(events) FROM trails WHERE of NOT LIKE '{%'")[0][0],
              std::to_string(8 * each + 13));
    EXPECT_EQ(dump(file()) == dump_of_a_replay(store), true);
}

/// Two keys whose streams are of different partitions.
std::pair<std::string, std::string> strangers(const leftfold::event_store& store) {
    for (int i = 0;; ++i) {
        const auto other = "s" + std::to_string(i);
        if (store.partition_of({"trail", other}) != store.partition_of({"trail", "s0"})) return {"s0", other};
    }
}

TEST_F(per_partition, an_event_that_touches_a_row_of_another_partition_fails_and_says_which) {
    auto store = make_store();
    trails::fill(store, 50);
    const auto [mine, other] = strangers(store);
    const auto failed = trails::append(store, mine, {1, "{" + other + "}/absent"}).position;
    const auto after = trails::append(store, other, {2, ""}).position;
    leftfold::projection_engine engine{store};
    engine.add<in_lanes>(in(file()));
    EXPECT_EQ(code_of([&] { engine.catch_up(); }), errc::projection_stopped);
    const auto status = engine.status<in_lanes>();
    const auto of = [](leftfold::partition_id p) { return std::to_string(p.value()); };
    EXPECT_NE(status.failure.find("row {" + other + "}/absent of table trails for event " + to_string(failed)),
              std::string::npos)
        << status.failure;
    EXPECT_NE(status.failure.find("belongs to partition " + of(after.partition)), std::string::npos) << status.failure;
    EXPECT_NE(status.failure.find("the event to partition " + of(failed.partition)), std::string::npos)
        << status.failure;
    // All other lanes came to their ends, and this one to the event.
    EXPECT_TRUE(status.reached.covers(after));
    EXPECT_FALSE(status.reached.covers(failed));
}

/// Waits, in the middle of an event, until another event is under way.
struct meeting {
    static inline std::mutex mutex;
    static inline std::condition_variable met;
    static inline int inside = 0;
    static inline bool happened = false;
    static inline bool is_over = false;  // or given up

    static void wait() {
        std::unique_lock lock(mutex);
        if (++inside > 1) happened = true;
        if (happened) met.notify_all();
        if (!is_over) is_over = !met.wait_for(lock, std::chrono::seconds{20}, [] { return happened; }) || happened;
        --inside;
    }
};

TEST_F(per_partition, lanes_are_folded_at_the_same_time) {
    auto store = make_store();
    trails::fill(store, 1'200);
    trails::in_event = &meeting::wait;
    fold<in_lanes>(store, in(file()));
    trails::in_event = nullptr;
    EXPECT_TRUE(meeting::happened);
}

TEST_F(per_partition, one_thread_folds_all_lanes_when_no_other_comes) {
    store_options_.world.executors = std::make_shared<idle_threads>();
    auto store = make_store();
    trails::fill(store, 1'200);
    fold<in_lanes>(store, in(file()));
    EXPECT_EQ(dump(file()) == dump_of_a_replay(store), true);
}

TEST_F(per_partition, the_past_a_rebuild_and_verifying_are_as_ever) {
    auto store = make_store();
    trails::fill(store, 300);
    const auto then = trails::append(store, "s0", {8, ""}).recorded;
    trails::fill(store, 0);
    leftfold::projection_engine engine{store};
    auto& read = engine.add<in_lanes>(in(file(), 50));
    engine.catch_up();
    const auto now = read.rows.find("s0")->events;
    for (int i = 0; i != 40; ++i) trails::append(store, "s" + std::to_string(i % 5), {i, ""});
    engine.catch_up();
    EXPECT_EQ(read.rows.as_of(then).find("s0")->events, now);
    EXPECT_EQ(read.rows.find("s0")->events, now + 8);
    const auto rebuilt = engine.rebuild<in_lanes>();
    EXPECT_TRUE(rebuilt.swapped);
    EXPECT_EQ(read.rows.find("s0")->events, now + 8);
    const auto report = leftfold::verify_projection<in_lanes>(store, file());
    EXPECT_TRUE(report.sound()) << to_string(report);
}

TEST_F(per_partition, rows_of_the_other_order_are_those_of_another_shape) {
    auto store = make_store();
    trails::fill(store, 20);
    fold<by_log>(store, in(file()));
    leftfold::projection_engine engine{store};
    auto options = in(file());
    options.on_change = leftfold::when_changed::refuse;
    EXPECT_EQ(code_of([&] { engine.add<in_lanes>(options); }), errc::stale_model);
}

class parks : public leftfold::projection<parks, trails::noted> {
public:
    static constexpr auto projection_name = "parks";
    static constexpr auto order = leftfold::order::per_partition;
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    void on(const trails::noted&) {}
};
class writes_sql : public leftfold::projection<writes_sql, trails::noted> {
public:
    static constexpr auto projection_name = "writes_sql";
    static constexpr auto order = leftfold::order::per_partition;
    leftfold::sql_table rows{*this, "anything", "n INTEGER"};
    void on(const trails::noted&) {}
};

TEST_F(per_partition, what_needs_the_order_of_the_log_is_refused_when_it_is_added) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    std::string why;
    EXPECT_EQ(code_of([&] { engine.add<parks>(views()); }, &why), errc::unsupported);
    EXPECT_NE(why.find("it parks keys"), std::string::npos) << why;
    EXPECT_EQ(code_of([&] { engine.add<writes_sql>(views()); }, &why), errc::unsupported);
    EXPECT_NE(why.find("table anything"), std::string::npos) << why;
}

}  // namespace per_partition_test
