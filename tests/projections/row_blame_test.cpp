// Which event made a row what it is.

#include "leftfold/projections/row_blame.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "leftfold/projections/read_model.hpp"
#include "projections/read_models.hpp"

namespace row_blame_test {

using leftfold::errc;
using leftfold::recorded_at;
using read_models::code_of;
using namespace std::chrono_literals;

/// A row with columns of every sort, and a key that is a number.
struct item {
    std::int64_t number{};
    std::string label;
    std::optional<double> weight;
    std::vector<std::int64_t> marks;
};
BOOST_DESCRIBE_STRUCT(item, (), (number, label, weight, marks))

struct put {
    static constexpr auto event_type = "test.put";
    item as;
};
struct dropped {
    static constexpr auto event_type = "test.dropped";
    std::int64_t number{};
};
BOOST_DESCRIBE_STRUCT(put, (), (as))
BOOST_DESCRIBE_STRUCT(dropped, (), (number))

class items : public leftfold::projection<items, put, dropped> {
public:
    static constexpr auto projection_name = "items";
    leftfold::table<item, &item::number> rows{*this, "items", {.history = true}};
    leftfold::table<item, &item::number> plain{*this, "plain"};
    leftfold::sql_table notes{*this, "notes", "text TEXT"};
    void on(const put& e) { rows.put(e.as); }
    void on(const dropped& e) { rows.erase(e.number); }
};

class late : public leftfold::projection<late, put, dropped> {
public:
    static constexpr auto projection_name = "late";
    leftfold::table<item, &item::number> rows{
        *this, "late", {.history = true, .history_from = recorded_at{leftfold::parse_time("2026-01-02")}}};
    void on(const put& e) { rows.put(e.as); }
    void on(const dropped& e) { rows.erase(e.number); }
};

class row_blame : public read_models::fixture {
protected:
    template <class Event>
    leftfold::appended append(const Event& event) {
        clock_->advance(1s);
        leftfold::event_data data;
        data.type = Event::event_type;
        leftfold::encode(event, data.payload);
        auto done = store_.append({"item", std::to_string(++streams_ % 5)}, leftfold::expected_version::any(), {data});
        return done.value();
    }
    const items& fold() {
        clock_->advance(1s);
        engine_.emplace(store_);
        const auto& read = engine_->add<items>(views());
        engine_->catch_up();
        return read;
    }
    static std::string told(const std::vector<leftfold::blamed>& all) {
        std::string text;
        for (const auto& each : all)
            text += each.path + "=" + each.value.value_or("nothing") + " " + to_string(each.origin.position) + "; ";
        return text;
    }

    int streams_ = 0;
    leftfold::event_store store_ = leftfold::open_memory({.partitions = 3, .store = store_options_});
    std::optional<leftfold::projection_engine> engine_;
};

TEST_F(row_blame, names_for_each_column_the_event_that_changed_it_last) {
    const auto inserted = to_string(append(put{{7, "seven", {}, {}}}).position);
    const auto labelled = to_string(append(put{{7, "Seven", {}, {}}}).position);
    const auto weighed = to_string(append(put{{7, "Seven", 1.5, {1, 2}}}).position);
    append(put{{7, "Seven", 1.5, {1, 2}}});
    append(put{{8, "eight", {}, {}}});
    const auto& read = fold();

    EXPECT_EQ(told(leftfold::blame(store_, read.rows, "7")), "$.number=7 " + inserted + "; $.label=\"Seven\" " +
                                                                 labelled + "; $.weight=1.5 " + weighed +
                                                                 "; $.marks=[1,2] " + weighed + "; ");
    const auto label = leftfold::blame(store_, read.rows, "7", "label");
    ASSERT_TRUE(label);
    EXPECT_EQ(to_string(*label).find("items.label ← test.put #1, partition "), 0U) << to_string(*label);
    EXPECT_EQ(leftfold::blame(store_, read.rows, "9"), std::vector<leftfold::blamed>{}) << "there never was one";
    EXPECT_FALSE(leftfold::blame(store_, read.rows, "9", "label"));
}

TEST_F(row_blame,
       of_a_row_that_is_deleted_names_the_event_that_did_it_and_of_one_that_came_again_the_one_that_did_that) {
    append(put{{7, "seven", {}, {}}});
    const auto dropped_at = append(dropped{7});
    const auto again = append(put{{7, "seven", {}, {}}});
    const auto& read = fold();
    for (const auto& each : leftfold::blame(store_, read.rows, "7")) EXPECT_EQ(each.origin.position, again.position);
    const auto then = leftfold::blame(store_, read.rows, "7", {.at = dropped_at.recorded});
    ASSERT_EQ(then.size(), 1U);
    EXPECT_EQ(then[0].path, "$");
    EXPECT_FALSE(then[0].value);
    EXPECT_EQ(then[0].origin.position, dropped_at.position);
    EXPECT_EQ(then[0].origin.type, "test.dropped");
}

/// What a naive fold says: the value of each column, and the event that set it.
struct known_row {
    struct column {
        std::string value;
        leftfold::position by;
    };
    std::map<std::string, column> columns{};
    std::optional<leftfold::position> deleted{};

    void set(const std::string& name, const std::string& value, leftfold::position by) {
        auto& at = columns[name];
        if (at.value != value) at = {value, by};
    }
};

TEST_F(row_blame, equals_a_naive_search_at_the_time_of_every_event) {
    std::mt19937_64 random(20'260'315);
    std::map<std::int64_t, known_row> now;
    std::vector<std::pair<recorded_at, std::map<std::int64_t, known_row>>> story;
    for (int i = 0; i != 700; ++i) {
        const auto number = static_cast<std::int64_t>(random() % 3);
        auto& row = now[number];
        leftfold::appended done;
        if (random() % 6 == 0) {
            done = append(dropped{number});
            if (!row.columns.empty()) row = {.columns = {}, .deleted = done.position};
        } else {
            const item made{number, random() % 2 == 0 ? "a" : "b", {}, {static_cast<std::int64_t>(random() % 3)}};
            done = append(put{made});
            row.deleted.reset();
            row.set("$.number", std::to_string(number), done.position);
            row.set("$.label", "\"" + made.label + "\"", done.position);
            row.set("$.weight", "null", done.position);
            row.set("$.marks", "[" + std::to_string(made.marks[0]) + "]", done.position);
        }
        if (i % 20 == 0 || i == 699) story.emplace_back(done.recorded, now);
    }
    const auto& read = fold();
    for (const auto& [when, rows] : story)
        for (const auto& [number, row] : rows) {
            const auto found = leftfold::blame(store_, read.rows, std::to_string(number), {.at = when});
            if (row.deleted) {
                ASSERT_EQ(found.size(), 1U);
                EXPECT_EQ(found[0].origin.position, *row.deleted);
                continue;
            }
            ASSERT_EQ(found.size(), row.columns.size());
            for (const auto& each : found) {
                EXPECT_EQ(each.value, row.columns.at(each.path).value);
                EXPECT_EQ(each.origin.position, row.columns.at(each.path).by) << each.path;
            }
        }
}

TEST_F(row_blame, works_on_tables_known_by_name_beside_the_engine_and_says_what_is_wrong_with_a_question) {
    append(put{{7, "seven", {}, {}}});
    fold();
    const auto opened = leftfold::open_read_model<items>(file(), {.store = &store_});
    const leftfold::any_table rows{*opened, "items"};
    EXPECT_EQ(rows.columns(), (std::vector<std::string>{"number", "label", "weight", "marks"}));
    EXPECT_EQ(leftfold::blame(store_, rows, "7").size(), 4U);
    std::string text;
    EXPECT_EQ(code_of([&] { leftfold::blame(store_, rows, "7", "colour"); }, &text), errc::invalid_argument);
    EXPECT_NE(text.find("number, label, weight, marks"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { leftfold::blame(store_, rows, "seven"); }, &text), errc::invalid_argument);
    EXPECT_NE(text.find("its keys are numbers"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { leftfold::any_table(*opened, "none"); }, &text), errc::not_found);
    EXPECT_NE(text.find("items, plain, notes"), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { leftfold::any_table(*opened, "notes"); }), errc::unsupported);
    EXPECT_EQ(code_of([&] { leftfold::blame(store_, opened->plain, "7"); }), errc::unsupported);
    EXPECT_EQ(code_of([&] { leftfold::blame(store_, rows, "7", {.at = recorded_at{clock_->now() + 1h}}); }),
              errc::not_yet);
    auto other = leftfold::open_memory({.partitions = 3, .store = store_options_});
    EXPECT_EQ(code_of([&] { leftfold::blame(other, rows, "7"); }), errc::not_found) << "it has no such event";
}

TEST_F(row_blame, leaves_out_what_was_set_before_the_history_begins) {
    append(put{{7, "seven", {}, {}}});
    clock_->advance(48h);
    append(put{{7, "Seven", {}, {}}});
    engine_.emplace(store_);
    const auto& read = engine_->add<late>(views());
    engine_->catch_up();
    const auto found = leftfold::blame(store_, read.rows, "7");
    ASSERT_EQ(found.size(), 1U) << told(found);
    EXPECT_EQ(found[0].path, "$.label");
}

}  // namespace row_blame_test
