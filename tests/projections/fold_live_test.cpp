// A projection folded on demand, from the events that a query chooses: the rows are those of an engine, narrowed.

#include "leftfold/projections/fold_live.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "projections/bank.hpp"
#include "support/temporary_directory.hpp"

namespace fold_live_test {

using namespace bank;
using leftfold::errc;
using leftfold::fold_live;
using leftfold::live_options;
using leftfold::recorded_at;

struct tally {
    std::string stream;
    std::int64_t events{};
    std::int64_t cents{};

    friend bool operator==(const tally&, const tally&) = default;
};
BOOST_DESCRIBE_STRUCT(tally, (), (stream, events, cents))

/// Counts what happens in each stream, whatever happened before.
class tallies : public leftfold::projection<tallies, deposited, withdrawn> {
public:
    static constexpr auto projection_name = "tallies";
    using ignored = leftfold::ignores<closed>;
    leftfold::table<tally, &tally::stream> rows{*this, "tallies", {.history = true}};
    void on(const deposited& e, const leftfold::recorded& at) { count(at, e.cents); }
    void on(const withdrawn& e, const leftfold::recorded& at) { count(at, -e.cents); }

private:
    void count(const leftfold::recorded& at, std::int64_t cents) {
        const auto stream = std::string(at.category()) + "-" + at.key();
        auto row = rows.find(stream).value_or(tally{stream, 0, 0});
        rows.put({stream, row.events + 1, row.cents + cents});
    }
};

/// The same of one category.
class account_tallies : public leftfold::projection<account_tallies, deposited, withdrawn> {
public:
    static constexpr auto projection_name = "account_tallies";
    static constexpr auto category = "account";
    using ignored = leftfold::ignores_others;
    leftfold::table<tally, &tally::stream> rows{*this, "account_tallies"};
    void on(const deposited&, const leftfold::recorded& at) { count(at); }
    void on(const withdrawn&, const leftfold::recorded& at) { count(at); }

private:
    void count(const leftfold::recorded& at) {
        auto row = rows.find(at.key()).value_or(tally{at.key(), 0, 0});
        rows.put({at.key(), row.events + 1, 0});
    }
};

/// Keeps a number and no table.
class event_count : public leftfold::projection<event_count, deposited, withdrawn, closed> {
public:
    static constexpr auto projection_name = "event_count";
    int count = 0;
    void on(const deposited&) { ++count; }
    void on(const withdrawn&) { ++count; }
    void on(const closed&) { ++count; }
};

/// What a test remembers of an event.
struct told {
    std::string category;
    std::string key;
    std::string type;
    std::string actor;
    std::int64_t cents{};
    recorded_at when{};
};

bool names(const std::vector<std::string>& list, const std::string& name) {
    return list.empty() || std::ranges::find(list, name) != list.end();
}

bool chosen(const told& event, const live_options& by) {
    const bool has_header = by.headers.empty() || std::ranges::any_of(by.headers, [&](const auto& each) {
                                return each.first == "actor" && each.second == event.actor;
                            });
    return has_header && names(by.categories, event.category) && names(by.types, event.type) &&
           names(by.keys, event.key) && event.when >= by.from && (!by.through || event.when <= *by.through);
}

template <class Code>
errc code_of(Code&& code) {
    try {
        code();
    } catch (const leftfold::error& e) {
        return e.kind();
    }
    return errc::ok;
}

template <class Code>
std::string text_of(Code&& code) {
    try {
        code();
    } catch (const leftfold::error& e) {
        return e.what();
    }
    return {};
}

class live : public testing::Test {
protected:
    void tell(const std::string& category, const std::string& key, const std::string& type, std::int64_t cents,
              const std::string& actor) {
        leftfold::event_data data(type, "{\"cents\":" + std::to_string(cents) + "}");
        data.metadata.add("actor", actor);
        const auto done = store_.append({category, key}, leftfold::expected_version::any(), {data}).value();
        story_.push_back({category, key, type, actor, cents, done.recorded});
    }

    void tell_random(std::size_t events) {
        for (std::size_t i = 0; i != events; ++i)
            tell(draw({"account", "savings", "loan"}), draw({"ann", "bob", "cat", "dan", "eve"}),
                 draw({deposited::event_type, withdrawn::event_type}), static_cast<std::int64_t>(random_() % 100),
                 draw({"clerk", "robot"}));
    }

    /// The rows, folded by hand from the story.
    std::vector<tally> expected(const live_options& by) const {
        std::map<std::string, tally> rows;
        for (const auto& each : story_) {
            if (!chosen(each, by)) continue;
            auto& row = rows[each.category + "-" + each.key];
            row.stream = each.category + "-" + each.key;
            ++row.events;
            row.cents += each.type == deposited::event_type ? each.cents : -each.cents;
        }
        std::vector<tally> all;
        for (const auto& [stream, row] : rows) all.push_back(row);
        return all;
    }

    std::vector<tally> folded(const live_options& by) { return fold_live<tallies>(store_, by)->rows.all(); }

    std::string draw(const std::vector<std::string>& from) { return from[random_() % from.size()]; }

    /// None, some or all of what there is.
    std::vector<std::string> draw_some(const std::vector<std::string>& from) {
        std::vector<std::string> some;
        if (random_() % 2 == 0) return some;
        std::ranges::copy_if(from, std::back_inserter(some), [&](const auto&) { return random_() % 2 == 0; });
        return some;
    }

    live_options draw_query() {
        live_options made{.categories = draw_some({"account", "savings", "loan"}),
                          .types = draw_some({deposited::event_type, withdrawn::event_type}),
                          .keys = draw_some({"ann", "bob", "eve", "nobody"})};
        if (random_() % 3 == 0) made.headers.emplace_back("actor", draw({"clerk", "robot"}));
        if (random_() % 3 == 0) made.from = story_[random_() % story_.size()].when;
        if (random_() % 3 == 0) {
            made.through = story_[random_() % story_.size()].when;
            if (*made.through < made.from) std::swap(*made.through, made.from);
        }
        return made;
    }

    leftfold::event_store store_ = leftfold::open_memory();
    std::vector<told> story_;
    std::mt19937_64 random_{20260315};
};

TEST_F(live, equals_the_engines_rows_and_their_past) {
    const leftfold::test_support::temporary_directory directory;
    tell_random(200);
    leftfold::projection_engine engine{store_};
    auto& kept = engine.add<tallies>({.database = directory / "views.db"});
    engine.catch_up();
    const auto now = fold_live<tallies>(store_);
    EXPECT_EQ(now->rows.all(), kept.rows.all());
    EXPECT_EQ(now->rows.count(), kept.rows.count());
    EXPECT_EQ(now->rows.find("account-ann"), kept.rows.find("account-ann"));
    EXPECT_EQ(now->rows.range("loan-", "loan-z"), kept.rows.range("loan-", "loan-z"));
    EXPECT_EQ(now->rows.where<&tally::events>(14), kept.rows.where<&tally::events>(14));
    const auto* const history = "SELECT stream, events, valid_from FROM tallies_history ORDER BY stream, valid_from";
    leftfold::sql_reader kept_in_sql(directory / "views.db");
    const auto told = now.sql().query<std::string, std::int64_t, std::int64_t>(history);
    EXPECT_EQ(told, (kept_in_sql.query<std::string, std::int64_t, std::int64_t>(history)));
    EXPECT_EQ(told.size(), story_.size()) << "a version for each event";
    EXPECT_EQ(now.events(), story_.size());
    EXPECT_EQ(now.cut(), store_.cut_at(now.through()));
}

TEST_F(live, through_the_time_of_any_event_equals_the_engines_rows_as_of_it) {
    const leftfold::test_support::temporary_directory directory;
    tell_random(150);
    leftfold::projection_engine engine{store_};
    auto& kept = engine.add<tallies>({.database = directory / "views.db"});
    engine.catch_up();
    const auto whole = fold_live<tallies>(store_);
    for (const auto& each : story_) {
        const auto then = kept.rows.as_of(each.when).all();
        ASSERT_EQ(then, expected({.through = each.when}));
        ASSERT_EQ(folded({.through = each.when}), then);
        ASSERT_EQ(whole->rows.as_of(each.when).all(), then);
    }
}

TEST_F(live, each_list_narrows_alone) {
    tell_random(100);
    const auto middle = story_[50].when;
    const std::vector<live_options> all{{.categories = {"savings"}},
                                        {.types = {withdrawn::event_type}},
                                        {.keys = {"bob", "dan"}},
                                        {.categories = {"savings", "loan"}, .keys = {"bob"}},
                                        {.headers = {{"actor", "robot"}}},
                                        {.from = middle},
                                        {.through = middle},
                                        {.from = middle, .through = middle}};
    for (const auto& each : all) {
        EXPECT_EQ(folded(each), expected(each));
        EXPECT_NE(folded(each), expected({})) << "it does narrow";
        EXPECT_FALSE(folded(each).empty());
    }
}

TEST_F(live, any_query_chooses_what_a_pass_over_all_events_chooses) {
    tell_random(200);
    for (int i = 0; i != 200; ++i) {
        const auto query = draw_query();
        const auto found = fold_live<tallies>(store_, query);
        ASSERT_EQ(found->rows.all(), expected(query)) << "query " << i;
        ASSERT_EQ(found.events(), static_cast<std::size_t>(
                                      std::ranges::count_if(story_, [&](const auto& e) { return chosen(e, query); })));
    }
}

TEST_F(live, more_streams_than_are_looked_up_are_found_by_a_pass) {
    tell_random(50);
    live_options query{.categories = {"account"}, .keys = {"ann", "eve"}};
    const auto few = folded(query);
    for (int i = 0; i != 1'000; ++i) query.keys.push_back("nobody" + std::to_string(i));
    EXPECT_EQ(folded(query), few);
}

TEST_F(live, what_the_projection_says_of_categories_and_types_holds) {
    tell_random(60);
    tell("account", "ann", "bank.audited", 0, "clerk");
    const auto own = fold_live<account_tallies>(store_);
    std::int64_t events = 0;
    own->rows.for_each([&](const tally& row) { events += row.events; });
    EXPECT_EQ(events, std::ranges::count(story_, std::string("account"), &told::category) - 1);
    EXPECT_EQ(code_of([&] { fold_live<account_tallies>(store_, {.categories = {"savings"}}); }), errc::invalid_argument)
        << "a category that it does not read";
}

TEST_F(live, an_event_that_cannot_be_folded_is_named_with_its_type) {
    tell_random(10);
    tell("account", "ann", "bank.audited", 0, "clerk");
    const auto where = store_.find_event({"account", "ann"}, store_.read_stream({"account", "ann"}).back().id);
    const auto why = text_of([&] { fold_live<tallies>(store_); });
    EXPECT_NE(why.find("event " + to_string(*where) + ", of type bank.audited, into projection tallies"),
              std::string::npos)
        << why;
    EXPECT_EQ(code_of([&] { fold_live<tallies>(store_); }), errc::projection_stopped);
    EXPECT_EQ(folded({.types = {deposited::event_type}}), expected({.types = {deposited::event_type}}))
        << "not asked for, it is in nobody's way";
    EXPECT_EQ(folded({.keys = {"bob"}}), expected({.keys = {"bob"}}));
    EXPECT_EQ(code_of([&] { fold_live<balances>(store_); }), errc::projection_stopped) << "a row that is missing";
}

TEST_F(live, limits_end_a_fold_with_an_error_of_its_own) {
    tell_random(40);
    EXPECT_EQ(fold_live<tallies>(store_, {.events_max = 40}).events(), 40u);
    EXPECT_THROW(fold_live<tallies>(store_, {.events_max = 39}), leftfold::fold_too_large);
    EXPECT_THROW(fold_live<tallies>(store_, {.events_max = 0}), leftfold::fold_too_large);
    EXPECT_EQ(fold_live<tallies>(store_, {.keys = {"nobody"}, .events_max = 0}).events(), 0u);
    for (int i = 0; i != 1'000; ++i)
        tell("account", std::string(200, 'x') + std::to_string(i), deposited::event_type, 1, "robot");
    const auto why = text_of([&] { fold_live<tallies>(store_, {.bytes_max = 100'000}); });
    EXPECT_NE(why.find("live_options::bytes_max, 100000 bytes"), std::string::npos) << why;
    EXPECT_EQ(folded({}), expected({})) << "the next one is not in its way";
}

TEST_F(live, tells_the_past_from_its_beginning_to_its_end) {
    tell_random(30);
    const auto from = story_[10].when;
    const auto through = story_[20].when;
    const auto part = fold_live<tallies>(store_, {.from = from, .through = through});
    EXPECT_EQ(part.through(), through);
    EXPECT_EQ(part->rows.as_of(story_[15].when).all(), expected({.from = from, .through = story_[15].when}));
    EXPECT_EQ(part->rows.as_of(through).cut(), store_.cut_at(through));
    EXPECT_EQ(code_of([&] { (void)part->rows.as_of(story_[9].when); }), errc::before_history);
    EXPECT_EQ(code_of([&] { (void)part->rows.as_of(story_[21].when); }), errc::behind);
    const auto count = "SELECT count(*) FROM tallies_as_of(?1)";
    EXPECT_EQ(part.sql().query<std::int64_t>(count, from.micros()).front(), std::tuple(std::int64_t{1}));
    EXPECT_EQ(code_of([&] { part.sql().query<std::int64_t>(count, story_[9].when.micros()); }), errc::before_history);
    EXPECT_EQ(code_of([&] { part.sql().query<std::int64_t>(count, story_[21].when.micros()); }), errc::behind);
}

TEST_F(live, refuses_a_query_that_can_choose_nothing) {
    tell_random(3);
    const auto tomorrow = recorded_at::from_micros(store_.world().clock->wall_us() + 86'400'000'000);
    const auto code = [&](const live_options& query) { return code_of([&] { fold_live<tallies>(store_, query); }); };
    EXPECT_EQ(code({.categories = {"No-Category"}}), errc::invalid_name);
    EXPECT_EQ(code({.keys = {""}}), errc::invalid_name);
    EXPECT_EQ(code({.types = {"bank.lent"}}), errc::invalid_argument);
    EXPECT_EQ(code({.types = {closed::event_type}}), errc::invalid_argument) << "ignored, so it has no `on`";
    EXPECT_EQ(code({.from = story_[2].when, .through = story_[1].when}), errc::invalid_argument);
    EXPECT_EQ(code({.through = tomorrow}), errc::not_yet);
    EXPECT_EQ(code({.from = tomorrow}), errc::not_yet);
    EXPECT_EQ(code({.through = recorded_at::min()}), errc::ok) << "nothing was recorded by then";
}

TEST_F(live, follows_renamed_and_upcast_events) {
    tell("account", "ann", "bank.paid_in", 5, "clerk");
    tell("account", "ann", deposited::event_type, 2, "clerk");
    tell("account", "ann", "bank.moved", 7, "clerk");  // both
    live_options query{.types = {deposited::event_type}};
    query.events.rename("bank.paid_in", deposited::event_type);
    query.events.upcast("bank.moved", [](const leftfold::raw_event& stored) {
        return std::vector<leftfold::raw_event>{{deposited::event_type, stored.payload},
                                                {withdrawn::event_type, stored.payload}};
    });
    EXPECT_EQ(folded(query), (std::vector<tally>{{"account-ann", 3, 14}})) << "of what became two, the one asked for";
    query.types.clear();
    EXPECT_EQ(folded(query), (std::vector<tally>{{"account-ann", 4, 7}}));
}

TEST_F(live, a_projection_without_tables_is_folded_too) {
    tell_random(20);
    EXPECT_EQ(fold_live<event_count>(store_, {.keys = {"ann"}})->count,
              std::ranges::count(story_, std::string("ann"), &told::key));
}

TEST_F(live, any_number_of_threads_read_it_and_it_moves) {
    tell_random(100);
    auto made = fold_live<tallies>(store_);
    const auto read = std::move(made);
    const auto all = expected({});
    std::vector<int> wrong(4);
    std::vector<std::jthread> readers;
    for (auto& each : wrong)
        readers.emplace_back([&read, &all, &each] {
            auto in_sql = read.sql();
            for (int i = 0; i != 50; ++i) {
                each += read->rows.all() != all;
                each += in_sql.query<std::int64_t>("SELECT count(*) FROM tallies").front() !=
                        std::tuple(static_cast<std::int64_t>(all.size()));
            }
        });
    readers.clear();
    EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace fold_live_test
