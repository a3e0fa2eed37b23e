// A projection folded in the append's own transaction: rows and events are stored together, or not at all.

#include "leftfold/projections/fold_inline.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/sql_table.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "projections/covered.hpp"
#include "sqlite/connection.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/temporary_directory.hpp"

namespace fold_inline_test {

using namespace bank;
using namespace leftfold::test_support;
using leftfold::errc;
using leftfold::fold_inline;

/// The same in its next version, where cents are counted twice.
class covered_twice : public leftfold::projection<covered_twice, opened, deposited> {
public:
    static constexpr auto projection_name = "covered";
    static constexpr int revision = 2;
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "covered"};
    void on(const opened&, const leftfold::recorded& at) { rows.insert({at.key(), 0}); }
    void on(const deposited& e, const leftfold::recorded& at) { rows.at(at.key()).cents += 2 * e.cents; }
};

/// Writes the row that an owner's name says: of whatever stream.
class of_owners : public leftfold::projection<of_owners, opened> {
public:
    static constexpr auto projection_name = "of_owners";
    using ignored = leftfold::ignores_others;
    leftfold::table<balance, &balance::account> rows{*this, "of_owners"};
    void on(const opened& e) { rows.put({e.owner, 1}); }
};

/// Counts deposits, and can be told to fail once.
class counted : public leftfold::projection<counted, deposited> {
public:
    static constexpr auto projection_name = "counted";
    using ignored = leftfold::ignores_others;
    static inline std::int64_t folded = 0;
    static inline std::int64_t fails_at = -1;
    leftfold::table<balance, &balance::account> rows{*this, "counted"};
    void on(const deposited&, const leftfold::recorded& at) {
        if (++folded == fails_at) throw std::runtime_error("not this one");
        if (!rows.update(at.key(), [](balance& row) { ++row.cents; })) rows.insert({at.key(), 1});
    }
};

class written_in_sql : public leftfold::projection<written_in_sql, opened> {
public:
    static constexpr auto projection_name = "written_in_sql";
    leftfold::sql_table rows{*this, "owners", "name TEXT"};
    void on(const opened&) {}
};
class parks : public leftfold::projection<parks, opened> {
public:
    static constexpr auto projection_name = "parks";
    static constexpr auto on_failure = leftfold::failure_policy::park_key;
    leftfold::table<balance, &balance::account> rows{*this, "parks"};
    void on(const opened&) {}
};
class takes_a_name : public leftfold::projection<takes_a_name, opened> {
public:
    static constexpr auto projection_name = "takes_a_name";
    leftfold::table<balance, &balance::account> rows{*this, "event"};
    void on(const opened&) {}
};
class takes_another_name : public leftfold::projection<takes_another_name, opened> {
public:
    static constexpr auto projection_name = "takes_another_name";
    leftfold::table<balance, &balance::account> rows{*this, "covered"};
    void on(const opened&) {}
};

bool contains(const failure& of, const std::string& words) { return of.text.find(words) != std::string::npos; }

class inline_rows : public testing::Test {
protected:
    temporary_directory place_;
    std::mt19937_64 random_{27};
};

TEST_F(inline_rows, are_there_when_the_append_has_returned) {
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    const auto read = fold_inline<covered>(store);
    EXPECT_EQ(read->rows.find("alice"), std::nullopt);
    append(store, "alice", opened{"Alice"});
    EXPECT_EQ(read->rows.find("alice")->cents, 0);
    for (int i = 1; i != 20; ++i) {
        append(store, "alice", deposited{10});
        ASSERT_EQ(read->rows.find("alice")->cents, 10 * i);
    }
}

TEST_F(inline_rows, of_all_partitions_read_as_those_of_an_engine) {
    auto store = leftfold::open_sqlite(place_ / "bank.store", {.partitions = 4});
    const auto read = fold_inline<covered>(store);
    tell_random(store, random_, 400);
    leftfold::projection_engine engine{store};
    auto& kept = engine.add<covered>({.database = place_ / "views.db"});
    engine.catch_up();
    EXPECT_EQ(read->rows.all(), kept.rows.all());
    EXPECT_GT(read->rows.count(), 3);
    EXPECT_EQ(read->rows.count(), kept.rows.count());
    EXPECT_EQ(read->rows.all({.limit = 3}), kept.rows.all({.limit = 3}));
    EXPECT_EQ(read->rows.range("account1", "account5"), kept.rows.range("account1", "account5"));
    for (std::int64_t cents = 0; cents != 50; ++cents)
        EXPECT_EQ(read->rows.where<&balance::cents>(cents), kept.rows.where<&balance::cents>(cents));
    std::vector<balance> each;
    read->rows.for_each([&](const balance& row) { each.push_back(row); });
    EXPECT_EQ(each, kept.rows.all());
    store.read_all(leftfold::cut(4), store.heads(), {}, leftfold::payloads::skip,
                   [&](const leftfold::event_view& event) {
                       const auto then = read->rows.as_of(event.recorded);
                       const auto as_kept = kept.rows.as_of(event.recorded);
                       EXPECT_EQ(then.all(), as_kept.all());
                       EXPECT_EQ(then.all({.limit = 2}), as_kept.all({.limit = 2}));
                       EXPECT_EQ(then.count(), as_kept.count());
                       EXPECT_EQ(then.find("account7"), as_kept.find("account7"));
                       EXPECT_EQ(then.cut(), as_kept.cut());
                       return !HasFailure();
                   });
    EXPECT_TRUE(verify(store).sound()) << "the store, with its additional tables";
}

TEST_F(inline_rows, refuse_the_append_that_on_throws_for_and_no_other) {
    auto store = leftfold::open_sqlite(place_ / "bank.store", {.partitions = 1});
    const auto read = fold_inline<covered>(store);
    append(store, "alice", opened{"Alice"});
    append(store, "alice", deposited{30});
    const auto refused = failure_of([&] { append(store, "alice", withdrawn{50}); });
    EXPECT_EQ(refused.code, errc::projection_stopped);
    EXPECT_TRUE(contains(refused,
                         "covered refuses it: folding a bank.withdrawn of stream account-alice: "
                         "alice is 20 short"))
        << refused.text;
    EXPECT_EQ(failure_of([&] { append(store, "alice", opened{"Alice"}); }).code, errc::duplicate_row)
        << "an error of leftfold's keeps its code";
    EXPECT_EQ(failure_of([&] { append(store, "bob", deposited{1}); }).code, errc::missing_row);
    EXPECT_EQ(store.heads().at(leftfold::partition_id(0)), leftfold::offset(2));
    EXPECT_EQ(read->rows.all(), (std::vector<balance>{{"alice", 30}}));
    append(store, "alice", withdrawn{30});
    EXPECT_EQ(read->rows.find("alice")->cents, 0);
    EXPECT_TRUE(verify(store).sound());
}

TEST_F(inline_rows, of_an_append_of_several_events_are_all_refused_with_the_last) {
    auto store = leftfold::open_sqlite(place_ / "bank.store", {.partitions = 1});
    const auto read = fold_inline<covered>(store);
    std::vector<leftfold::event_data> events;
    events.emplace_back(opened::event_type, R"({"owner":"Ann"})");
    events.emplace_back(deposited::event_type, R"({"cents":5})");
    events.emplace_back(withdrawn::event_type, R"({"cents":6})");
    const auto refused = failure_of([&] {
        (void)store.append({"account", "ann"}, leftfold::expected_version::none(), events);
    });
    EXPECT_EQ(refused.code, errc::projection_stopped);
    EXPECT_EQ(read->rows.count(), 0);
    events.pop_back();
    store.append({"account", "ann"}, leftfold::expected_version::none(), events).value();
    EXPECT_EQ(read->rows.find("ann")->cents, 5);
}

TEST_F(inline_rows, belong_to_the_routing_key_of_the_stream_that_writes_them) {
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    const auto read = fold_inline<of_owners>(store);
    const auto refused = failure_of([&] { append(store, "alice", opened{"bob"}); });
    EXPECT_EQ(refused.code, errc::invalid_argument);
    EXPECT_TRUE(contains(refused, "writing row bob of table of_owners inline, for an event of stream account-alice"))
        << refused.text;
    append(store, "alice", opened{"alice"});
    append(store, "alice", opened{"{alice}/2026-03"});
    append(store, "{north}/carl", opened{"{north}"});
    append(store, "{north}/carl", opened{"north"});
    EXPECT_EQ(read->rows.find("{alice}/2026-03")->cents, 1);
    EXPECT_EQ(read->rows.find("north")->cents, 1);
    EXPECT_EQ(read->rows.count(), 4);
}

TEST_F(inline_rows, of_what_is_stored_already_are_there_before_the_first_append) {
    {
        auto store = leftfold::open_sqlite(place_ / "bank.store");
        for (int i = 0; i != 8; ++i) append(store, fmt::format("a{}", i), opened{"A"});
        append(store, "a3", deposited{7});
    }
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    const auto read = fold_inline<covered>(store);
    EXPECT_EQ(read->rows.count(), 8);
    EXPECT_EQ(read->rows.find("a3")->cents, 7);
    append(store, "a3", deposited{7});
    EXPECT_EQ(read->rows.find("a3")->cents, 14);
}

TEST_F(inline_rows, go_on_where_a_long_catching_up_was_broken_off) {
    constexpr int events = 25'000;
    {
        auto store = leftfold::open_sqlite(place_ / "bank.store", {.partitions = 1});
        const std::vector<leftfold::event_data> many(1'000, {deposited::event_type, R"({"cents":1})"});
        for (int i = 0; i != events / 1'000; ++i)
            store.append({"account", "ann"}, leftfold::expected_version::any(), many).value();
    }
    counted::folded = 0;
    counted::fails_at = 24'000;
    {
        auto store = leftfold::open_sqlite(place_ / "bank.store");
        const auto failed = failure_of([&] { fold_inline<counted>(store); });
        EXPECT_EQ(failed.code, errc::projection_stopped);
        EXPECT_TRUE(
            contains(failed, "folding event 0:24000, of type bank.deposited, into projection counted: not this one"))
            << failed.text;
        append(store, "ann", deposited{1});  // it has not joined, and is in nobody's way
    }
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    counted::folded = 0;
    const auto read = fold_inline<counted>(store);
    EXPECT_EQ(read->rows.find("ann")->cents, events + 1);
    EXPECT_EQ(counted::folded, events + 1 - 20'000) << "what was committed before is not folded again";
}

TEST_F(inline_rows, of_another_revision_are_folded_anew) {
    {
        auto store = leftfold::open_sqlite(place_ / "bank.store");
        fold_inline<covered>(store);
        append(store, "ann", opened{"Ann"});
        append(store, "ann", deposited{7});
    }
    {
        auto store = leftfold::open_sqlite(place_ / "bank.store");
        EXPECT_EQ(fold_inline<covered_twice>(store)->rows.find("ann")->cents, 14);
        append(store, "ann", deposited{1});
    }
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    EXPECT_EQ(fold_inline<covered>(store)->rows.find("ann")->cents, 8);
}

TEST_F(inline_rows, of_several_projections_are_stored_together) {
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    const auto first = fold_inline<covered>(store);
    counted::fails_at = -1;
    const auto second = fold_inline<counted>(store);
    append(store, "ann", opened{"Ann"});
    append(store, "ann", deposited{7});
    EXPECT_EQ(failure_of([&] { append(store, "bob", deposited{7}); }).code, errc::missing_row);
    EXPECT_EQ(first->rows.find("ann")->cents, 7);
    EXPECT_EQ(second->rows.all(), (std::vector<balance>{{"ann", 1}})) << "what one refuses, none has";
}

TEST_F(inline_rows, are_refused_where_they_could_not_be_what_they_are) {
    auto in_memory = leftfold::open_memory();
    EXPECT_EQ(failure_of([&] { fold_inline<covered>(in_memory); }).code, errc::unsupported);
    auto store = leftfold::open_sqlite(place_ / "bank.store");
    EXPECT_EQ(failure_of([&] { fold_inline<written_in_sql>(store); }).code, errc::unsupported);
    EXPECT_EQ(failure_of([&] { fold_inline<parks>(store); }).code, errc::unsupported);
    EXPECT_EQ(failure_of([&] { fold_inline<takes_a_name>(store); }).code, errc::name_collision);
    const auto read = fold_inline<covered>(store);
    EXPECT_EQ(failure_of([&] { fold_inline<takes_another_name>(store); }).code, errc::name_collision);
    append(store, "ann", opened{"Ann"});
    EXPECT_EQ(failure_of([&] { fold_inline<of_owners>(store); }).code, errc::invalid_argument) << "after an append";
    auto reader = leftfold::open_sqlite(place_ / "bank.store", {.access = leftfold::access::read_only});
    EXPECT_EQ(failure_of([&] { fold_inline<covered>(reader); }).code, errc::read_only);
}

TEST_F(inline_rows, stand_in_the_partitions_file_as_the_format_says) {
    {
        auto store = leftfold::open_sqlite(place_ / "bank.store", {.partitions = 1});
        fold_inline<covered>(store);
        append(store, "ann", opened{"Ann"});
    }
    leftfold::sqlite::connection file(place_ / "bank.store" / "partition-0000.db");
    EXPECT_EQ(file.query_text("SELECT sql FROM sqlite_schema WHERE name = 'leftfold_inline'"),
              "CREATE TABLE leftfold_inline(\n    projection TEXT NOT NULL PRIMARY KEY,\n    shape TEXT NOT NULL,\n"
              "    \"offset\" INTEGER NOT NULL\n) WITHOUT ROWID");
    EXPECT_EQ(file.query_text("SELECT sql FROM sqlite_schema WHERE name = 'leftfold_inline_objects'"),
              "CREATE TABLE leftfold_inline_objects(\n    name TEXT NOT NULL PRIMARY KEY,\n    kind TEXT NOT NULL,\n"
              "    projection TEXT NOT NULL\n) WITHOUT ROWID");
    EXPECT_EQ(file.query_number(R"(SELECT "offset" FROM leftfold_inline WHERE projection = 'covered')"), 1);
    EXPECT_EQ(file.query_text("SELECT group_concat(name) FROM (SELECT name FROM leftfold_inline_objects ORDER BY 1)"),
              "covered,covered_by_cents,covered_history,covered_versions");
    EXPECT_EQ(file.query_number("SELECT count(*) FROM covered WHERE account = 'ann'"), 1);
}

TEST_F(inline_rows, cost_an_append_no_sync_of_their_own) {
    simulated_disk disk;
    const simulated_vfs vfs(disk);
    auto store = leftfold::open_sqlite("/bank.store", {.partitions = 1, .vfs = vfs.name()});
    const auto read = fold_inline<covered>(store);
    append(store, "ann", opened{"Ann"});
    const auto before = disk.counts().syncs;
    for (int i = 0; i != 50; ++i) append(store, "ann", deposited{1});
    EXPECT_LE(disk.counts().syncs - before, 51u) << "one a commit, and perhaps one for the clock";
    EXPECT_EQ(read->rows.find("ann")->cents, 50);
}

}  // namespace fold_inline_test
