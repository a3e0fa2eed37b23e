#include <chrono>
#include <filesystem>
#include <iostream>

#include "leftfold/testing/world.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace sql_test {

using namespace std::chrono_literals;
using test_support::run;

class command_line_sql : public test_support::command_line {
protected:
    std::string ask(const std::string& query) const {
        const auto told = run({"sql", at("a"), query});
        return told.status == tools::success ? told.out : told.err;
    }
    int status_of(const std::string& query) const { return run({"sql", at("a"), query}).status; }

    /// One event at 09:00:00, one half a second later, one at 09:00:01; all in one partition.
    void record_three() const {
        const auto clock = std::make_shared<testing::manual_clock>(instant{std::chrono::sys_days{2026y / 1 / 5}} + 9h);
        auto store = open_sqlite(at("a"), {.partitions = 1, .store = {.world = {.clock = clock}}});
        for (int i = 0; i != 3; ++i) {
            std::vector<event_data> one;
            one.emplace_back("test.happened", "{}");
            store.append(stream_id("test", "s"), expected_version::any(), std::move(one)).value();
            clock->advance(500ms);
        }
        store.close();
    }
};

TEST_F(command_line_sql, leaves_a_comparison_that_is_not_of_bytes_to_sqlite) {
    fill("a", 2);
    for (const std::string column : {"category", "type"}) {
        const auto value = column == "type" ? "'BANK.NOTED'" : "'ACCOUNT'";
        EXPECT_EQ(ask("SELECT count(*) FROM events WHERE " + column + " = " + value + " COLLATE NOCASE"),
                  ask("SELECT count(*) FROM events WHERE +" + column + " = " + value + " COLLATE NOCASE"));
        EXPECT_NE(ask("SELECT count(*) FROM events WHERE " + column + " = " + value + " COLLATE NOCASE"), "0\n");
        EXPECT_EQ(ask("SELECT count(*) FROM events WHERE " + column + " = " + value), "0\n");
    }
}

TEST_F(command_line_sql, writes_what_json_has_no_number_for_as_text) {
    fill("a", 1);
    EXPECT_EQ(run({"sql", at("a"), "SELECT 1e999 AS a, -1e999 AS b", "--json"}).out,
              "{\"a\":\"Infinity\",\"b\":\"-Infinity\"}\n");
}

TEST_F(command_line_sql, shows_events_and_streams_and_answers_as_of) {
    const auto done = fill("a", 10);
    EXPECT_EQ(ask("SELECT count(*), count(DISTINCT key) FROM events"), "30\t10\n");
    EXPECT_EQ(ask("SELECT count(*) FROM events WHERE type = 'bank.noted'"), "10\n");
    EXPECT_EQ(ask("SELECT sum(versions) FROM streams"), "30\n");
    EXPECT_EQ(ask("SELECT count(*) FROM events e JOIN streams s ON e.key = s.key AND e.version = s.versions"), "10\n");
    EXPECT_EQ(run({"sql", at("a"), "SELECT count(*) FROM events", "--as-of", to_rfc3339(done[3].recorded.time())}).out,
              "12\n");
    EXPECT_EQ(run({"sql", at("a")}, "SELECT 7 -- from standard input\n").out, "7\n");
    EXPECT_EQ(run({"sql", at("a"), "SELECT 1 AS a, 2 AS a, NULL AS b, x'00' AS c", "--json"}).out,
              R"({"a":1,"a:2":2,"b":null,"c":"<1 bytes>"})"
              "\n");
}

// Each condition gives what it gives when SQLite alone checks it: a cast keeps a column from being pushed down.
TEST_F(command_line_sql, conditions_that_are_pushed_down_give_what_sqlite_gives) {
    fill("a", 10);
    const auto both = [](const std::string& column, const std::string& type, const std::string& comparison) {
        return "(SELECT count(*) FROM events WHERE " + column + comparison +
               ") = (SELECT count(*) FROM events WHERE CAST(" + column + " AS " + type + ")" + comparison + ")";
    };
    int compared = 0;
    for (const auto& [column, type] : std::vector<std::pair<std::string, std::string>>{
             {"partition", "INTEGER"}, {"\"offset\"", "INTEGER"}, {"category", "TEXT"}, {"type", "TEXT"}}) {
        for (const std::string op : {"=", "<", "<=", ">", ">="}) {
            for (const std::string value : {"2", "2.5", "'2'", "'x'", "NULL", "0", "-1", "-9223372036854775808",
                                            "9223372036854775807", "'account'", "'bank.noted'", "x'00'"}) {
                EXPECT_EQ(ask("SELECT " + both(column, type, op + value)), "1\n") << column << op << value;
                ++compared;
            }
        }
    }
    std::cout << "conditions compared with SQLite's own: " << compared << '\n';
    EXPECT_EQ(compared, 240);
    EXPECT_EQ(ask("SELECT count(*) FROM events WHERE type = 'bank.noted' AND type = 'bank.scanned'"), "0\n");
    EXPECT_EQ(ask("SELECT count(*) FROM events WHERE \"offset\" > 1 AND \"offset\" > 2 AND \"offset\" <= 3"),
              ask("SELECT count(DISTINCT partition) FROM events"));
}

TEST_F(command_line_sql, times_are_compared_as_instants_and_sort_as_text) {
    record_three();
    const std::string count = "SELECT count(*) FROM events WHERE recorded ";
    EXPECT_EQ(ask("SELECT recorded FROM events ORDER BY recorded"),
              "2026-01-05T09:00:00.000000Z\n2026-01-05T09:00:00.500000Z\n2026-01-05T09:00:01.000000Z\n");
    EXPECT_EQ(ask(count + "> '2026-01-05T09:00:00Z'"), "2\n");
    EXPECT_EQ(ask(count + ">= '2026-01-05T09:00:00Z'"), "3\n");
    EXPECT_EQ(ask(count + "< '2026-01-05T09:00:00.5Z'"), "1\n");
    EXPECT_EQ(ask(count + "<= '2026-01-05T10:00:00.5+01:00'"), "2\n");
    EXPECT_EQ(ask(count + "= '2026-01-05T04:00:01-05:00'"), "1\n");
    EXPECT_EQ(ask(count + "BETWEEN '2026-01-05' AND '2026-01-06'"), "3\n");
    EXPECT_EQ(ask(count + "< NULL"), "0\n");
    EXPECT_EQ(status_of(count + "> 'yesterday'"), tools::usage);
    EXPECT_EQ(ask(count + "> -9223372036854775808"), "3\n");
    EXPECT_EQ(ask(count + "< -9223372036854775808"), "0\n");
}

TEST_F(command_line_sql, refuses_what_is_not_one_statement_that_reads) {
    fill("a", 1);
    for (const std::string query :
         {"", "  -- nothing\n", "SELECT", "SELECT * FROM nowhere", "DELETE FROM events", "SELECT 1; SELECT 2",
          "CREATE TABLE t(x)", "SELECT 1; DROP TABLE events", "SELECT abs(-9223372036854775808)"})
        EXPECT_EQ(status_of(query), tools::usage) << query;
    EXPECT_EQ(ask("SELECT 1; -- and no more"), "1\n");
    for (const std::string& query : {"ATTACH '" + at("x") + "' AS x", "VACUUM INTO '" + at("x") + "'"}) {
        EXPECT_NE(status_of(query), tools::success) << query;
        EXPECT_FALSE(std::filesystem::exists(at("x"))) << query;
    }
}

}  // namespace sql_test
}  // namespace leftfold
