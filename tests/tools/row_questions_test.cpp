// What a program's own command line says of the rows of its read models.

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <sstream>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/testing/world.hpp"
#include "leftfold/tools/domain.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace row_questions_test {

using namespace std::chrono_literals;
using test_support::answer;

struct placed {
    static constexpr auto event_type = "shop.placed";
    std::int64_t cents{};
};
struct cancelled {
    static constexpr auto event_type = "shop.cancelled";
};
BOOST_DESCRIBE_STRUCT(placed, (), (cents))
BOOST_DESCRIBE_STRUCT(cancelled, (), ())

class order : public aggregate<order, placed, cancelled> {
public:
    static constexpr auto category = "order";
    void place(std::int64_t cents) { raise(placed{cents}); }
    void cancel() { raise(cancelled{}); }

private:
    friend aggregate;
    void apply(const placed& e) { cents_ = e.cents; }
    void apply(const cancelled&) { cents_ = 0; }
    std::int64_t cents_{};
    BOOST_DESCRIBE_CLASS(order, (), (), (), (cents_))
};

struct open_order {
    std::string name;
    std::int64_t cents{};
    std::string size;
};
BOOST_DESCRIBE_STRUCT(open_order, (), (name, cents, size))

class open_orders : public projection<open_orders, placed, cancelled> {
public:
    static constexpr auto projection_name = "orders";
    table<open_order, &open_order::name> rows{*this, "open_orders", {.history = true}};
    table<open_order, &open_order::name> plain{*this, "plain"};
    void on(const placed& e, const recorded& at) { rows.put({at.key(), e.cents, e.cents < 100 ? "small" : "big"}); }
    void on(const cancelled&, const recorded& at) { rows.erase(at.key()); }
};

/// Orders a, b and c: on January 5th 2026 a of 50 and b of 70; on the 6th a becomes 80, by ann; on the 7th 200, and b
/// is cancelled; on the 8th c of 30. The rows are folded, and nobody runs any more.
class command_line_rows : public test_support::command_line {
protected:
    command_line_rows() {
        const auto clock = std::make_shared<testing::manual_clock>(instant{std::chrono::sys_days{2026y / 1 / 5}} + 9h);
        {
            auto store = open_sqlite(at("a"), {.partitions = 2, .store = {.world = {.clock = clock}}});
            repository<order> orders{store};
            const auto place = [&](const char* key, std::int64_t cents, const char* by) {
                orders.execute(key, [&](order& o) { o.place(cents); }, {.actor = by});
            };
            place("a", 50, "");
            place("b", 70, "");
            clock->advance(24h);
            place("a", 80, "ann");
            clock->advance(24h);
            place("a", 200, "");
            orders.execute("b", [](order& o) { o.cancel(); }, {.actor = "ben"});
            clock->advance(24h);
            place("c", 30, "");
        }
        known_.aggregate<order>().projection<open_orders>();
        EXPECT_EQ(ask({"replay", "orders", at("views.db")}).status, tools::success);
    }

    /// Runs the program; words beyond the verb come after store, projection, database and table.
    answer rows(const std::string& verb, const std::vector<std::string>& words, const std::string& input = {}) const {
        std::vector<std::string> all{verb, "orders", at("views.db"), "open_orders"};
        all.insert(all.end(), words.begin(), words.end());
        return ask(all, input);
    }
    answer ask(std::vector<std::string> words, const std::string& input = {}) const {
        words.insert(words.begin() + 1, at("a"));
        return test_support::run(known_, words, input);
    }

    tools::domain known_;
};

TEST_F(command_line_rows, tells_which_rows_came_went_and_changed_between_two_times) {
    const auto told = rows("diff-rows", {"2026-01-06", "2026-01-08"});
    EXPECT_EQ(told.out,
              "~ a $.cents: 50 → 200\n~ a $.size: \"small\" → \"big\"\n"
              "- b {\"name\":\"b\",\"cents\":70,\"size\":\"small\"}\n")
        << told.err;
    EXPECT_EQ(told.err, "as of 2026-01-06T00:00:00Z\nas of 2026-01-08T00:00:00Z\n");
    EXPECT_EQ(rows("diff-rows", {"2026-01-08"}).out, "+ c {\"name\":\"c\",\"cents\":30,\"size\":\"small\"}\n");
    EXPECT_EQ(rows("diff-rows", {"2026-01-06", "2026-01-06"}).out, "");
    EXPECT_EQ(rows("diff-rows", {"2026-01-06", "2026-01-07", "--key", "a"}).out, "~ a $.cents: 50 → 80\n");
    const auto json = rows("diff-rows", {"2026-01-06", "2026-01-08", "--key", "a", "--json"}).out;
    EXPECT_EQ(json, R"({"row":"changed","table":"open_orders","key":"a",)"
                    R"("before":{"name":"a","cents":50,"size":"small"},"after":{"name":"a","cents":200,"size":"big"},)"
                    R"("changes":[{"path":"$.cents","before":50,"after":200},)"
                    R"({"path":"$.size","before":"small","after":"big"}]})"
                    "\n");
}

TEST_F(command_line_rows, names_the_event_that_set_a_column_of_a_row) {
    const auto all = rows("blame-row", {"a"});
    EXPECT_EQ(all.out.find("open_orders.name ← shop.placed #1, partition "), 0U) << all.out << all.err;
    EXPECT_NE(all.out.find("\nopen_orders.cents ← shop.placed #3, "), std::string::npos) << all.out;
    const auto then = rows("blame-row", {"a", "cents", "--as-of", "2026-01-07", "--json"});
    const auto object = boost::json::parse(then.out).as_object();
    EXPECT_EQ(object.at("actor").as_string(), "ann") << then.err;
    EXPECT_EQ(object.at("path").as_string(), "$.cents");
    EXPECT_EQ(object.at("value").as_int64(), 80);
    EXPECT_EQ(object.at("recorded").as_string(), "2026-01-06T09:00:00Z");
    EXPECT_TRUE(object.contains("position") && object.contains("type") && object.contains("occurred"));
    const auto deleted = rows("blame-row", {"b"});
    EXPECT_EQ(deleted.out.find("open_orders ← shop.cancelled #2, "), 0U) << deleted.out;
    EXPECT_NE(deleted.out.find(", actor ben, "), std::string::npos) << deleted.out;
}

TEST_F(command_line_rows, tells_what_each_event_made_of_a_row) {
    const auto told = rows("history-row", {"b"});
    EXPECT_EQ(told.out.find("#1 2026-01-05T09:00:00"), 0U) << told.out << told.err;
    EXPECT_NE(told.out.find("    $: added {\"name\":\"b\",\"cents\":70,\"size\":\"small\"}\n#2 2026-01-07T"),
              std::string::npos)
        << told.out;
    EXPECT_NE(told.out.find("    $: removed {"), std::string::npos) << told.out;
    const auto second = rows("history-row", {"a", "--after", "1", "--limit", "1", "--json"}).out;
    const auto object = boost::json::parse(second).as_object();
    EXPECT_EQ(object.at("state").at("cents").as_int64(), 80);
    EXPECT_EQ(object.at("changes").as_array().size(), 1U);
}

TEST_F(command_line_rows, finds_when_a_comparison_held_first) {
    const auto found = rows("first-where-row", {"a", "$.cents >= 80"});
    EXPECT_EQ(found.out.find("#2 2026-01-06T09:00:00Z shop.placed at "), 0U) << found.out << found.err;
    EXPECT_EQ(found.err, "first-where: the first such state, after 2 events\n");
    EXPECT_EQ(rows("first-where-row", {"a", "$.size = 'big'"}).out.find("#3 "), 0U);
    EXPECT_EQ(rows("first-where-row", {"b", "$.cents = null"}).out.find("#2 "), 0U) << "a row that is gone has none";
    EXPECT_EQ(rows("first-where-row", {"a", "$.cents > 1000"}).status, tools::not_there);
}

TEST_F(command_line_rows, steps_through_the_changes_of_a_row) {
    const auto told = rows("step-row", {"a", "--json"}, "n\nn\nb\n3\nn\nq\n");
    std::istringstream lines(told.out);
    std::string cents;
    for (std::string line; std::getline(lines, line);) {
        const auto state = boost::json::parse(line).at("state");
        cents += state.is_null() ? "none " : std::to_string(state.at("cents").as_int64()) + " ";
    }
    EXPECT_EQ(cents, "none 50 80 50 200 ") << told.err;
    EXPECT_NE(told.err.find("that is the last event\n"), std::string::npos) << told.err;
}

TEST_F(command_line_rows, says_in_one_line_what_is_wrong_with_a_question) {
    struct wrong {
        answer told;
        int status;
        std::string_view said;
    };
    const std::vector<wrong> all{
        {rows("diff-rows", {"soon"}), tools::usage, "soon"},
        {rows("diff-rows", {"2999-01-01"}), tools::too_early, "2999-01-01"},
        {rows("blame-row", {}), tools::usage, "KEY"},
        {rows("blame-row", {"none"}), tools::not_there, "open_orders none"},
        {rows("blame-row", {"a", "colour"}), tools::usage, "name, cents, size"},
        {rows("history-row", {"none"}), tools::not_there, "none"},
        {rows("first-where-row", {"a", "$.colour = 1"}), tools::usage, "$.name, $.cents, $.size"},
        {rows("first-where-row", {"a", "$.cents = 'big'"}), tools::usage, "$.cents"},
        {rows("step-row", {"a", "--at", "9"}), tools::usage, "9"},
        {ask({"blame-row", "orders", at("views.db"), "none", "a"}), tools::not_there, "open_orders, plain"},
        {ask({"history-row", "orders", at("views.db"), "plain", "a"}), tools::cannot_here, "without history"},
        {ask({"blame-row", "nothing", at("views.db"), "open_orders", "a"}), tools::usage, "this program knows orders"},
        {ask({"blame-row", "orders", at("none.db"), "open_orders", "a"}), tools::not_there, "none.db"},
    };
    for (const auto& [told, status, said] : all) {
        EXPECT_EQ(told.status, status) << said << ": " << told.err;
        EXPECT_EQ(told.out, "") << said;
        EXPECT_NE(told.err.find(said), std::string::npos) << said << ": " << told.err;
    }
}

}  // namespace row_questions_test
}  // namespace leftfold
