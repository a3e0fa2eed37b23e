// When rows that are there cannot be continued, they are folded anew; and folding anew gives the same bytes.

#include <gtest/gtest.h>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "projections/read_models.hpp"

namespace renewal_test {

using read_models::rows_of_text;
using read_models::shell;

/// Everything that a database holds of the balances, checkpoint included.
rows_of_text dump(const std::filesystem::path& file) {
    auto all = shell(file, "SELECT * FROM balances ORDER BY account");
    for (const auto* sql : {"SELECT * FROM balances_versions ORDER BY account, valid_to",
                            "SELECT projection, shape, store, epoch, cut, chains FROM leftfold_models"})
        for (auto& row : shell(file, sql)) all.push_back(std::move(row));
    return all;
}

class renewal : public read_models::fixture {
protected:
    void append_some(leftfold::event_store& store, int rounds) {
        for (int i = 0; i != rounds; ++i) {
            const auto account = "a" + std::to_string(i % 5);
            if (i % 7 == 6) {
                bank::append(store, account, bank::closed{});
                bank::append(store, account, bank::opened{"again"});
            } else if (i < 5) {
                bank::append(store, account, bank::opened{"first"});
            } else {
                bank::append(store, account, bank::deposited{i});
            }
        }
    }

    /// Adds the balances over this store, catches up, and returns why they were begun anew.
    std::string fold(leftfold::event_store& store, const leftfold::projection_options& options) {
        leftfold::projection_engine engine{store};
        engine.add<bank::balances>(options);
        auto why = engine.status<bank::balances>().begun_anew_because;
        engine.catch_up();
        return why;
    }
};

TEST_F(renewal, a_rebuild_gives_the_bytes_of_the_live_run) {
    auto store = make_store();
    {
        leftfold::projection_engine live{store};
        live.add<bank::balances>(views());
        live.start();
        for (int i = 0; i != 5; ++i) bank::append(store, "a" + std::to_string(i), bank::opened{"x"});
        for (int i = 0; i != 200; ++i) {
            const auto done = bank::append(store, "a" + std::to_string(i % 5), bank::deposited{i});
            if (i % 3 == 0) live.wait_for(done.position);
        }
        live.wait_for(bank::append(store, "a1", bank::closed{}).position);
    }
    const auto rebuilt = directory_ / "rebuilt.db";
    fold(store, {.database = rebuilt});
    EXPECT_EQ(dump(file()), dump(rebuilt));
    EXPECT_GT(dump(file()).size(), 200U);
}

TEST_F(renewal, rows_of_another_store_are_not_continued) {
    auto first = make_store();
    auto second = make_store();
    append_some(first, 20);
    append_some(second, 10);
    EXPECT_EQ(fold(first, views()), "");
    EXPECT_EQ(fold(second, views()), "it was made from another store");
    const auto fresh = directory_ / "fresh.db";
    fold(second, {.database = fresh});
    EXPECT_EQ(dump(file()), dump(fresh)) << "nothing of the other store is left";
    ASSERT_EQ(warnings_->told().size(), 1U);
    EXPECT_NE(warnings_->told()[0].find("begins anew"), std::string::npos);
}

TEST_F(renewal, rows_that_are_ahead_of_the_store_are_not_continued) {
    const leftfold::store_id id{{1, 2, 3}};
    const auto open = [&] { return leftfold::event_store(leftfold::make_memory_parts(4, id), store_options_); };
    auto longer = open();
    append_some(longer, 20);
    fold(longer, views());
    auto restored = open();
    append_some(restored, 8);
    EXPECT_EQ(fold(restored, views()), "it is ahead of the store");
}

TEST_F(renewal, rows_of_another_history_of_the_same_store_are_not_continued) {
    const leftfold::store_id id{{1, 2, 3}};
    const auto open = [&] { return leftfold::event_store(leftfold::make_memory_parts(1, id), store_options_); };
    auto one = open();
    bank::append(one, "alice", bank::opened{"Alice"});
    fold(one, views());
    auto other = open();
    bank::append(other, "bob", bank::opened{"Bob"});
    EXPECT_EQ(fold(other, views()), "the store's history is not the one that it has folded");
    EXPECT_EQ(shell(file(), "SELECT account FROM balances"), (rows_of_text{{"bob"}}));
}

/// The balances after a change of mind: what is shown is halves.
class revised : public leftfold::projection<revised, bank::opened, bank::deposited, bank::withdrawn, bank::closed> {
public:
    static constexpr auto projection_name = "balances";
    static constexpr int revision = 2;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "balances", {.history = true}};
    void on(const bank::opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents / 2; }
    void on(const bank::withdrawn& e, const leftfold::recorded& at) { rows.at(at.key()).cents -= e.cents / 2; }
    void on(const bank::closed&, const leftfold::recorded& at) { rows.erase(at.key()); }
};

struct wide_balance {
    std::string account;
    std::int64_t cents{};
    std::int64_t times{};
};
BOOST_DESCRIBE_STRUCT(wide_balance, (), (account, cents, times))

class reshaped : public leftfold::projection<reshaped, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "balances";
    using ignored = leftfold::ignores_others;
    leftfold::table<wide_balance, &wide_balance::account> rows{*this, "other_balances"};
    void on(const bank::opened&, const leftfold::recorded& at) { rows.put({at.key(), 0, 0}); }
    void on(const bank::deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += e.cents; }
};

TEST_F(renewal, a_new_revision_or_another_row_is_folded_from_the_first_event) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    bank::append(store, "alice", bank::deposited{10});
    auto options = views();
    options.on_change = leftfold::when_changed::in_place;  // beside them: rebuild_test.cpp
    fold(store, options);
    EXPECT_EQ(fold(store, options), "") << "the same again is not";
    {
        leftfold::projection_engine engine{store};
        auto& read = engine.add<revised>(options);
        EXPECT_NE(engine.status<revised>().begun_anew_because, "");
        engine.catch_up();
        EXPECT_EQ(read.rows.find("alice")->cents, 5);
    }
    leftfold::projection_engine engine{store};
    auto& read = engine.add<reshaped>(options);
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 10);
    EXPECT_EQ(shell(file(), "SELECT name FROM sqlite_schema WHERE name NOT LIKE '%leftfold%' AND sql NOT NULL"),
              (rows_of_text{{"other_balances"}}))
        << "what the projection had before is gone";
}

TEST_F(renewal, renamed_and_upcast_events_are_folded_as_what_they_are_now) {
    auto store = make_store();
    bank::append(store, "alice", bank::opened{"Alice"});
    store.append({"account", "alice"}, leftfold::expected_version::any(), {{"bank.paid_in", R"({"cents":5})"}}).value();
    store.append({"account", "alice"}, leftfold::expected_version::any(), {{"bank.euros", R"(3)"}}).value();
    auto options = views();
    options.events.rename("bank.paid_in", "bank.deposited");
    options.events.upcast("bank.euros", [](const leftfold::raw_event& old) {
        return std::vector<leftfold::raw_event>{{"bank.deposited", R"({"cents":)" + old.payload + "00}"},
                                                {"bank.withdrawn", R"({"cents":1})"}};
    });
    leftfold::projection_engine engine{store};
    auto& read = engine.add<bank::balances>(options);
    engine.catch_up();
    EXPECT_EQ(read.rows.find("alice")->cents, 304);
}

}  // namespace renewal_test
