// Tables that are followed tell what others tell, whatever becomes of their rows and of their indices.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "leftfold/projections/change_feed.hpp"
#include "projections/ledger.hpp"

namespace followed_table_test {

using ledgers::all_of;
using ledgers::ledger;
using ledgers::stepped;
using ledgers::told;
using leftfold::change_feed;
using leftfold::change_start;
using leftfold::errc;
using read_models::code_of;
using read_models::rows_of_text;
using read_models::shell;

/// The bank with a stream that is set aside until it can be folded.
class picky : public leftfold::projection<picky, bank::deposited> {
public:
    static constexpr auto projection_name = "picky";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    static inline bool can_fold_13 = false;
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "picky", {.history = true, .followed = true}};
    void on(const bank::deposited& e, const leftfold::recorded& at) {
        if (e.cents == 13 && !can_fold_13) throw std::runtime_error("13");
        if (!rows.update(at.key(), [&](auto& row) { row.cents += e.cents; })) rows.insert({at.key(), e.cents});
    }
};

class followed_without_history : public leftfold::projection<followed_without_history, ledgers::filled> {
public:
    static constexpr auto projection_name = "forgetful";
    leftfold::table<ledgers::number, &ledgers::number::key> rows{*this, "forgetful", {.followed = true}};
    void on(const ledgers::filled&) {}
};

const rows_of_text six_indices{
    {"names_by_valid_from"},   {"names_versions_by_valid_from"},   {"names_versions_by_valid_to"},
    {"numbers_by_valid_from"}, {"numbers_versions_by_valid_from"}, {"numbers_versions_by_valid_to"}};

rows_of_text indices_in(const std::filesystem::path& file) {
    const auto made =
        shell(file, "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE '%valid%' ORDER BY name");
    EXPECT_EQ(made, shell(file, "SELECT name FROM leftfold_objects WHERE name LIKE '%valid%' ORDER BY name"));
    return made;
}

class followed_table : public ledgers::fixture {
protected:
    void append_random(std::size_t events) {
        for (std::size_t i = 0; i != events; ++i) {
            stepped e;
            for (auto n = 1 + random_() % 5; n != 0; --n)
                e.steps.push_back(
                    {static_cast<std::int64_t>(random_() % 12), static_cast<std::int64_t>(random_() % 4)});
            append(e);
            std::map<std::int64_t, std::int64_t> changed = rows_;
            for (const auto& each : e.steps)
                if (each.value == 0)
                    changed.erase(each.key);
                else
                    changed[each.key] = each.value;
            note_changes(changed);
        }
    }
    std::vector<told> expected_;  // without positions

private:
    void note_changes(std::map<std::int64_t, std::int64_t>& now) {
        const auto text = [](const auto& rows, std::int64_t key) {
            const auto found = rows.find(key);
            return found == rows.end() ? std::string("none") : std::to_string(found->second);
        };
        for (std::int64_t key = 0; key != 12; ++key)
            if (text(rows_, key) != text(now, key))
                expected_.push_back({std::to_string(key), text(rows_, key), text(now, key)});
        rows_ = std::move(now);
    }

    std::map<std::int64_t, std::int64_t> rows_;
};

TEST_F(followed_table, tells_the_same_changes_at_the_same_places_as_one_that_is_not) {
    for (const std::size_t flush : {1U, 7U, 1'000U}) {
        append_random(50);
        fold<true>(flush);
        fold<false>(flush);
        const auto followed = leftfold::open_read_model<ledger<true>>(database_of(true));
        const auto plain = leftfold::open_read_model<ledger<false>>(database_of(false));
        for (const std::size_t page : {1U, 2U, 3U, 1'000U}) {
            const leftfold::change_feed_options options{.from = change_start::earliest(), .page_changes = page};
            change_feed numbers{followed, &ledger<true>::numbers, options};
            change_feed plain_numbers{plain, &ledger<false>::numbers, options};
            const auto all = all_of(numbers);
            ASSERT_EQ(all, all_of(plain_numbers));
            auto without_places = all;
            for (auto& each : without_places) each.erase(each.begin());
            ASSERT_EQ(without_places, expected_);
            change_feed names{followed, &ledger<true>::names, options};
            change_feed plain_names{plain, &ledger<false>::names, options};
            ASSERT_EQ(all_of(names), all_of(plain_names));
            for (std::size_t i = page; i < all.size(); i += 41) {
                const auto from = leftfold::parse_change_position(all[i].front());
                change_feed rest{followed, &ledger<true>::numbers, {.from = from, .page_changes = page}};
                ASSERT_EQ(all_of(rest), std::vector<told>(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end()))
                    << "after " << all[i].front();
            }
        }
    }
}

TEST_F(followed_table, gets_its_indices_and_loses_them_without_being_folded_anew) {
    append_random(30);
    const auto fold_in_one_file = [&]<bool Followed>(std::bool_constant<Followed>) {
        leftfold::projection_engine engine{store_};
        engine.add<ledger<Followed>>(views());
        engine.catch_up();
        EXPECT_EQ(engine.template status<ledger<Followed>>().begun_anew_because, "");
        EXPECT_EQ(engine.template status<ledger<Followed>>().generation, 1);
        const auto read = leftfold::open_read_model<ledger<Followed>>(file());
        change_feed feed{read, &ledger<Followed>::numbers, {.from = change_start::earliest()}};
        EXPECT_EQ(all_of(feed).size(), expected_.size());
    };
    fold_in_one_file(std::false_type{});
    EXPECT_TRUE(indices_in(file()).empty());
    append_random(30);
    fold_in_one_file(std::true_type{});
    EXPECT_EQ(indices_in(file()), six_indices);
    fold_in_one_file(std::true_type{});
    EXPECT_EQ(indices_in(file()), six_indices);
    append_random(30);
    fold_in_one_file(std::false_type{});
    EXPECT_TRUE(indices_in(file()).empty());
    EXPECT_EQ(shell(file(), "SELECT name FROM sqlite_schema WHERE name = 'numbers_by_value'").size(), 1U)
        << "those that the program named are part of the shape";
}

TEST_F(followed_table, keeps_its_indices_over_a_rebuild_and_its_feed_goes_on) {
    append_random(30);
    leftfold::projection_engine engine{store_};
    engine.add<ledger<true>>(views());
    engine.catch_up();
    const auto read = leftfold::open_read_model<ledger<true>>(file());
    change_feed feed{read, &ledger<true>::numbers, {.from = change_start::earliest(), .page_changes = 2}};
    std::size_t told_of = feed.next().size();
    ASSERT_TRUE(engine.rebuild<ledger<true>>().swapped);
    EXPECT_EQ(indices_in(file().string() + ".ledger.g2"), six_indices);
    for (auto page = feed.next(); !page.empty(); page = feed.next()) told_of += page.size();
    EXPECT_EQ(told_of, expected_.size());
}

TEST_F(followed_table, that_is_rolled_back_has_the_indices_that_the_program_wants_now) {
    append_random(30);
    {
        leftfold::projection_engine engine{store_};
        engine.add<ledger<true>>(views());
        engine.catch_up();
        ASSERT_TRUE(engine.rebuild<ledger<true>>().swapped);
    }
    leftfold::projection_engine engine{store_};
    engine.add<ledger<false>>(views());
    EXPECT_EQ(indices_in(file()), six_indices) << "which are kept as they are";
    engine.roll_back<ledger<false>>();
    EXPECT_TRUE(indices_in(file()).empty());
}

TEST_F(followed_table, tells_of_streams_that_rejoin_and_of_rows_that_are_healed) {
    picky::can_fold_13 = false;
    bank::append(store_, "bob", bank::deposited{1});
    bank::append(store_, "alice", bank::deposited{2});
    bank::append(store_, "alice", bank::deposited{13});
    bank::append(store_, "bob", bank::deposited{3});
    leftfold::projection_engine engine{store_};
    engine.add<picky>(views());
    engine.catch_up();
    const auto read = leftfold::open_read_model<picky>(file());
    change_feed feed{read, &picky::rows, {.from = change_start::earliest(), .page_changes = 1}};
    const auto next = [&](change_feed<bank::balance, &bank::balance::account>& from) {
        std::vector<std::string> all;
        for (auto page = from.next(); !page.empty(); page = from.next())
            for (const auto& each : page) all.push_back(each.row().account + " " + std::to_string(each.row().cents));
        return all;
    };
    EXPECT_EQ(next(feed), (std::vector<std::string>{"bob 1", "alice 2"}));
    picky::can_fold_13 = true;
    ASSERT_TRUE(engine.retry_parked<picky>({"account", "alice"}));
    EXPECT_EQ(next(feed), (std::vector<std::string>{"alice 15", "bob 4"}));

    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw,
                           "DELETE FROM picky WHERE account = 'bob';"
                           "UPDATE picky_versions SET valid_from = valid_from - 1 WHERE account = 'bob'",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(raw);
    engine.heal_row<picky>("picky", "bob");
    change_feed again{read, &picky::rows, {.from = change_start::earliest()}};
    EXPECT_EQ(next(again), (std::vector<std::string>{"bob 1", "alice 2", "alice 15", "bob 4"}));
}

TEST_F(followed_table, needs_history) {
    leftfold::projection_engine engine{store_};
    std::string text;
    EXPECT_EQ(code_of([&] { engine.add<followed_without_history>(views()); }, &text), errc::invalid_argument);
    EXPECT_NE(text.find("forgetful followed"), std::string::npos) << text;
}

}  // namespace followed_table_test
