// As-of at the time of every event equals a naive fold, whatever the flush size, and whatever happens to the process.

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "projections/bank.hpp"
#include "support/temporary_directory.hpp"

namespace history_test {

/// What happens to some keys of a table, several of them at once.
struct change {
    std::int64_t key{};
    std::string what;
    std::int64_t number{};
};
struct changed {
    static constexpr auto event_type = "test.changed";
    std::vector<change> changes;
};
BOOST_DESCRIBE_STRUCT(change, (), (key, what, number))
BOOST_DESCRIBE_STRUCT(changed, (), (changes))

struct number {
    std::int64_t key{};
    std::int64_t value{};
    std::optional<std::string> note;

    friend bool operator==(const number&, const number&) = default;
};
BOOST_DESCRIBE_STRUCT(number, (), (key, value, note))

using rows_by_key = std::map<std::int64_t, number>;

/// The fold, for anything that can put and erase.
template <class Find, class Put, class Erase>
void fold(const changed& e, Find find, Put put, Erase erase) {
    for (const auto& each : e.changes) {
        if (each.what == "erase") {
            erase(each.key);
        } else if (each.what == "add") {
            auto row = find(each.key).value_or(number{each.key, 0, {}});
            row.value += each.number;
            put(row);
        } else {
            put({each.key, each.number, each.what});
        }
    }
}

class numbers : public leftfold::projection<numbers, changed> {
public:
    static constexpr auto projection_name = "numbers";
    leftfold::table<number, &number::key> rows{*this, "numbers", {.history = true, .indices = {"value"}}};

    void on(const changed& e) {
        fold(
            e, [&](std::int64_t key) { return rows.find(key); }, [&](const number& row) { rows.put(row); },
            [&](std::int64_t key) { rows.erase(key); });
    }
};

/// The same rows, written and looked at in ways that make the table use its database in the middle of an event.
class numbers_in_sql : public leftfold::projection<numbers_in_sql, changed> {
public:
    static constexpr auto projection_name = "numbers_in_sql";
    leftfold::table<number, &number::key> rows{*this, "sql_numbers", {.history = true}};

    void on(const changed& e) {
        fold(
            e,
            [&](std::int64_t key) {
                const auto found = rows.range(key, key + 1);
                return found.empty() ? std::optional<number>() : found.front();
            },
            [&](const number& row) {
                if (!rows.update(row.key, [&](number& old) { old = row; })) rows.insert(row);
            },
            [&](std::int64_t key) { rows.erase(key); });
    }
};

class history : public testing::Test {
protected:
    /// Appends events of random changes, and remembers what the rows were after each.
    void append_random(std::size_t events) {
        for (std::size_t i = 0; i != events; ++i) {
            changed e;
            for (auto n = 1 + chance(3); n != 0; --n)
                e.changes.push_back(
                    {static_cast<std::int64_t>(chance(8)), pick_what(), static_cast<std::int64_t>(chance(5))});
            leftfold::event_data data;
            data.type = changed::event_type;
            leftfold::encode(e, data.payload);
            const auto done = store_.append({"numbers", "stream" + std::to_string(chance(20))},
                                            leftfold::expected_version::any(), {data});
            fold(
                e,
                [&](std::int64_t key) {
                    const auto found = now_.find(key);
                    return found == now_.end() ? std::optional<number>() : found->second;
                },
                [&](const number& row) { now_[row.key] = row; }, [&](std::int64_t key) { now_.erase(key); });
            times_.push_back(done.value().recorded);
            states_.push_back(now_);
        }
    }

    template <class Read>
    static rows_by_key to_map(const Read& rows) {
        rows_by_key found;
        rows.for_each([&](const number& row) { found.emplace(row.key, row); });
        return found;
    }

    /// Compares the answers of a table, for every time and key, with the naive fold.
    template <class Table>
    void expect_equal(const Table& table) {
        ASSERT_EQ(to_map(table), now_);
        for (std::size_t i = 0; i != times_.size(); ++i) {
            const auto then = table.as_of(times_[i]);
            ASSERT_EQ(to_map(then), states_[i]) << "as of event " << i;
            ASSERT_EQ(then.count(), static_cast<std::int64_t>(states_[i].size()));
            for (std::int64_t key = 0; key != 8; ++key) {
                const auto expected = states_[i].find(key);
                const auto found = then.find(key);
                ASSERT_EQ(found.has_value(), expected != states_[i].end()) << "key " << key << " as of event " << i;
                if (found) {
                    ASSERT_EQ(*found, expected->second);
                }
            }
        }
    }

    std::size_t chance(std::size_t below) { return random_() % below; }
    std::string pick_what() {
        const auto which = chance(10);
        return which < 2 ? "erase" : which < 7 ? "add" : "note " + std::to_string(which);
    }

    leftfold::projection_options views(std::size_t flush_events) const {
        return {.database = directory_ / "views.db", .flush = {.events = flush_events}};
    }

    leftfold::test_support::temporary_directory directory_{
        leftfold::test_support::temporary_directory::where::in_memory};
    leftfold::event_store store_ = leftfold::open_memory();
    std::mt19937_64 random_{20260315};
    rows_by_key now_;
    std::vector<leftfold::recorded_at> times_;
    std::vector<rows_by_key> states_;
};

class history_by_flush_size : public history, public testing::WithParamInterface<std::size_t> {};

TEST_P(history_by_flush_size, as_of_every_event_equals_a_naive_fold) {
    append_random(300);
    leftfold::projection_engine engine{store_};
    auto& plain = engine.add<numbers>(views(GetParam()));
    auto& in_sql = engine.add<numbers_in_sql>(views(GetParam()));
    engine.catch_up();
    expect_equal(plain.rows);
    expect_equal(in_sql.rows);
}

TEST_P(history_by_flush_size, late_restarts_change_nothing) {
    for (int run = 0; run != 6; ++run) {
        append_random(40);
        leftfold::projection_engine engine{store_};
        engine.add<numbers>(views(GetParam()));
        engine.add<numbers_in_sql>(views(GetParam()));
        // Not always to the end: the next run finds the rest.
        for (auto steps = chance(6); steps != 0 && engine.step(); --steps) {
        }
    }
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<numbers>(views(GetParam()));
    auto& in_sql = engine.add<numbers_in_sql>(views(GetParam()));
    engine.catch_up();
    EXPECT_EQ(engine.status<numbers>().begun_anew_because, "");
    expect_equal(read.rows);
    expect_equal(in_sql.rows);
}

TEST_P(history_by_flush_size, a_kill_between_any_two_durable_steps_changes_nothing) {
    struct killed {};
    append_random(60);
    // The engine dies at its n-th failpoint after each start, until it gets to the end.
    for (int at = 1;; ++at) {
        int passed = 0;
        const auto fail = [&](std::string_view) {
            if (++passed == at) throw killed{};
        };
        const leftfold::test_support::temporary_directory fresh{
            leftfold::test_support::temporary_directory::where::in_memory};
        auto options = views(GetParam());
        options.database = fresh / "views.db";
        bool done = false;
        for (int starts = 0; !done && starts != 3; ++starts) {
            passed = 0;
            leftfold::projection_engine engine{store_, {.failpoint = fail}};
            engine.add<numbers>(options);
            engine.add<numbers_in_sql>(options);
            try {
                while (engine.step()) {
                }
                done = true;
            } catch (const killed&) {
            }
        }
        leftfold::projection_engine engine{store_};
        auto& read = engine.add<numbers>(options);
        auto& in_sql = engine.add<numbers_in_sql>(options);
        EXPECT_EQ(engine.status<numbers>().begun_anew_because, "");
        engine.catch_up();
        ASSERT_NO_FATAL_FAILURE(expect_equal(read.rows)) << "killed at failpoint " << at;
        ASSERT_NO_FATAL_FAILURE(expect_equal(in_sql.rows)) << "killed at failpoint " << at;
        if (done || at > 12) break;
    }
}

INSTANTIATE_TEST_SUITE_P(flush_sizes, history_by_flush_size, testing::Values(1, 7, 1'000, 100'000),
                         [](const auto& of) { return "of_" + std::to_string(of.param); });

}  // namespace history_test
