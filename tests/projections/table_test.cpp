#include "leftfold/projections/table.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <map>

#include "projections/read_models.hpp"

namespace table_test {

using leftfold::errc;
using read_models::code_of;
using read_models::rows_of_text;
using read_models::shell;

/// An event that tells the projection under test what to do: the tests choose a number.
struct told {
    static constexpr auto event_type = "test.told";
    int number{};
};
BOOST_DESCRIBE_STRUCT(told, (), (number))

enum class color { red, green };
BOOST_DESCRIBE_ENUM(color, red, green)

struct place {
    double latitude{};
    std::vector<std::string> names;
    friend bool operator==(const place&, const place&) = default;
};
BOOST_DESCRIBE_STRUCT(place, (), (latitude, names))

struct everything {
    std::int32_t id{};
    bool flag{};
    std::uint64_t big{};
    double ratio{};
    std::string text;
    std::optional<std::string> note;
    std::optional<std::int64_t> count;
    color shade{};
    std::chrono::sys_seconds since{};
    leftfold::recorded_at seen{};
    std::chrono::milliseconds took{};
    std::vector<std::byte> bytes;
    place where;
    leftfold::version last;
    leftfold::transient<int> scratch;

    friend bool operator==(const everything&, const everything&) = default;
};
BOOST_DESCRIBE_STRUCT(everything, (),
                      (id, flag, big, ratio, text, note, count, shade, since, seen, took, bytes, where, last, scratch))

everything full_row() {
    everything row;
    row.id = -7;
    row.flag = true;
    row.big = 1ULL << 62U;
    row.ratio = 0.1;
    row.text = "it's \"quoted\" — and not ASCII";
    row.note = "";
    row.count = 0;
    row.shade = color::green;
    row.since = std::chrono::sys_seconds{std::chrono::seconds{1'000'000'000}};
    row.seen = leftfold::recorded_at::from_micros(17);
    row.took = std::chrono::milliseconds{250};
    row.bytes = {std::byte{0}, std::byte{255}};
    row.where = {52.520008, {"Berlin", "Bärlin"}};
    row.last = leftfold::version{12};
    return row;
}

class kinds : public leftfold::projection<kinds, told> {
public:
    static constexpr auto projection_name = "kinds";
    leftfold::table<everything, &everything::id> rows{*this, "kinds", {.history = true}};

    void on(const told& e) {
        if (e.number == 0) rows.insert(full_row());
        if (e.number == 1) rows.insert({});
        auto row = full_row();
        row.id = e.number;
        if (e.number == 2) row.big = ~0ULL;
        if (e.number == 3) row.ratio = std::numeric_limits<double>::quiet_NaN();
        if (e.number == 4) row.shade = static_cast<color>(9);
        if (e.number > 1) rows.insert(row);
    }
};

class table : public read_models::fixture {
protected:
    leftfold::appended tell(int number) {
        leftfold::event_data data;
        data.type = told::event_type;
        leftfold::encode(told{number}, data.payload);
        return store_.append({"test", "one"}, leftfold::expected_version::any(), {data}).value();
    }
    leftfold::projection_options stop_at_once() const {
        auto options = views();
        options.retries.count = 0;
        return options;
    }

    leftfold::event_store store_ = make_store();
};

TEST_F(table, keeps_every_kind_of_column_and_gives_it_back) {
    tell(0);
    const auto done = tell(1);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<kinds>(views());
    engine.catch_up();
    EXPECT_EQ(read.rows.find(-7), full_row());
    EXPECT_EQ(read.rows.find(0), everything{});
    EXPECT_EQ(read.rows.as_of(done.recorded).find(-7), full_row());
    EXPECT_EQ(read.rows.where<&everything::note>(std::nullopt), std::vector<everything>{everything{}});
    EXPECT_EQ(read.rows.where<&everything::shade>(color::green), std::vector<everything>{full_row()});
    EXPECT_EQ(
        shell(file(), "SELECT flag, ratio, note, count, shade, since, took, hex(bytes), \"where\", last FROM kinds"),
        (rows_of_text{{"1", "0.1", "", "0", "green", "1000000000000000", "250", "00FF",
                       R"({"latitude":52.520008,"names":["Berlin","Bärlin"]})", "12"},
                      {"0", "0.0", "NULL", "NULL", "red", "0", "0", "", R"({"latitude":0,"names":[]})", "0"}}));
}

class refused_value : public table, public testing::WithParamInterface<int> {};

TEST_P(refused_value, stops_the_projection_at_its_event) {
    tell(0);
    tell(GetParam());
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<kinds>(stop_at_once());
    std::string text;
    EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("writing column"), std::string::npos) << text;
    EXPECT_EQ(read.rows.count(), 1);
}

INSTANTIATE_TEST_SUITE_P(table, refused_value, testing::Values(2, 3, 4));

/// Does one thing an event, and some of them wrong.
class script : public leftfold::projection<script, told> {
public:
    static constexpr auto projection_name = "script";
    leftfold::table<bank::balance, &bank::balance::account> rows{*this, "script", {.history = true}};
    leftfold::sql_table log{*this, "log", "n INTEGER PRIMARY KEY, rows INTEGER NOT NULL"};

    void on(const told& e) {
        if (e.number == 1) rows.insert({"a", 1});
        if (e.number == 2) rows.insert({"a", 2});                           // taken
        if (e.number == 3) rows.at("b").cents = 3;                          // not there
        if (e.number == 4) rows.at("a").account = "b";                      // the key
        if (e.number == 5) rows.insert({"b", 5}), rows.erase("b");          // as if nothing had been
        if (e.number == 6) rows.at("a").cents = 6, rows.at("a").cents = 1;  // as it was
        if (e.number == 7) rows.erase("a");
        if (e.number == 8 || e.number == 9) {
            rows.put({"c", 8});
            log.execute("INSERT INTO log SELECT ?1, count(*) FROM script", e.number);
            rows.at("c").cents = 9;
            const auto seen =
                log.query<std::string, std::int64_t>("SELECT account, cents FROM script WHERE cents = ?1", 9);
            EXPECT_EQ(seen, (std::vector<std::tuple<std::string, std::int64_t>>{{"c", 9}}));
            if (e.number == 9) throw std::runtime_error("too late");
        }
        if (e.number == 10) log.execute("COMMIT");
        if (e.number == 11) log.execute("no SQL at all");
        if (e.number == 12) log.execute("INSERT INTO log VALUES (12, NULL)");
        if (e.number == 13) static_cast<void>(log.query<std::int64_t>("DELETE FROM log RETURNING n"));
        if (e.number == 14) static_cast<void>(rows.as_of(leftfold::recorded_at::min()));
    }
};

TEST_F(table, refuses_what_an_event_may_not_do_and_says_why) {
    const std::map<int, std::string> wrong{
        {2, "inserting row \"a\""}, {3, "changing row \"b\""}, {4, "its key was changed"}, {9, "too late"},
        {10, "changes no rows"},    {11, "no SQL at all"},     {12, "NOT NULL"},           {13, "execute it"},
        {14, "inside `on`"}};
    for (const auto& [number, why] : wrong) {
        auto store = make_store();
        leftfold::projection_engine engine{store};
        const leftfold::test_support::temporary_directory fresh{
            leftfold::test_support::temporary_directory::where::in_memory};
        auto& read = engine.add<script>({.database = fresh / "views.db", .retries = {.count = 2}});
        for (const int n : {1, number}) {
            leftfold::event_data data;
            data.type = told::event_type;
            leftfold::encode(told{n}, data.payload);
            store.append({"test", "one"}, leftfold::expected_version::any(), {data}).value();
        }
        std::string text;
        EXPECT_EQ(code_of([&] { engine.catch_up(); }, &text), errc::projection_stopped) << number;
        EXPECT_NE(text.find(why), std::string::npos) << text;
        EXPECT_EQ(read.rows.all(), (std::vector<bank::balance>{{"a", 1}})) << number;
        EXPECT_EQ(read.log.query<std::int64_t>("SELECT n FROM log").size(), 0U) << number;
    }
}

TEST_F(table, keeps_one_version_an_event_that_changed_a_row) {
    const auto made = tell(1);
    tell(5);
    tell(6);
    const auto gone = tell(7);
    const auto again = tell(1);
    leftfold::projection_engine engine{store_};
    engine.add<script>(views());
    engine.catch_up();
    const auto text = [](const leftfold::appended& at) { return std::to_string(at.recorded.micros()); };
    EXPECT_EQ(shell(file(), "SELECT * FROM script_history ORDER BY valid_from"),
              (rows_of_text{{"a", "1", text(made), text(gone)}, {"a", "1", text(again), "9223372036854775807"}}));
}

TEST_F(table, is_seen_by_sql_in_the_midst_of_an_event) {
    tell(1);
    tell(8);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<script>(views());
    engine.catch_up();
    EXPECT_EQ(read.rows.find("c")->cents, 9);
    EXPECT_EQ((read.log.query<std::int64_t, std::int64_t>("SELECT n, rows FROM log")),
              (std::vector<std::tuple<std::int64_t, std::int64_t>>{{8, 2}}));
    EXPECT_EQ(code_of([&] { static_cast<void>(read.log.query<std::string>("SELECT n FROM log")); }), errc::corrupt);
    EXPECT_EQ(code_of([&] { static_cast<void>(read.log.query<std::string>("SELECT n FROM nothing")); }),
              errc::invalid_argument);
}

/// Columns whose text is made when a row is written, and is in no member of it.
struct reference {
    std::int32_t number{};
    leftfold::event_id id;
    leftfold::event_id cause;
    leftfold::position where;
    std::optional<leftfold::event_id> before;
    friend bool operator==(const reference&, const reference&) = default;
};
BOOST_DESCRIBE_STRUCT(reference, (), (number, id, cause, where, before))

reference reference_of(int number) {
    const auto id = [](int of) {
        leftfold::event_id made{};
        made.bytes.fill(static_cast<std::uint8_t>(of));
        return made;
    };
    return {number,
            id(number),
            id(number + 100),
            {leftfold::partition_id(7), leftfold::offset(1'000'000'000'000 + number)},
            number % 2 == 0 ? std::optional(id(number + 50)) : std::nullopt};
}

class references : public leftfold::projection<references, told> {
public:
    static constexpr auto projection_name = "references";
    leftfold::table<reference, &reference::number> rows{*this, "refs", {.history = true, .indices = {"cause"}}};
    void on(const told& e) { rows.put(reference_of(e.number)); }
};

TEST_F(table, keeps_columns_apart_whose_text_is_made_for_them) {
    for (int i = 0; i != 20; ++i) tell(i);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<references>(views());
    engine.catch_up();
    for (int i = 0; i != 20; ++i) {
        const auto wanted = reference_of(i);
        EXPECT_EQ(read.rows.find(i), wanted);
        EXPECT_EQ(read.rows.where<&reference::cause>(wanted.cause), std::vector{wanted});
        EXPECT_EQ(read.rows.as_of(store_.closed()).find(i), wanted);
    }
    EXPECT_EQ(shell(file(), "SELECT id, cause, \"where\" FROM refs WHERE \"where\" = '7:1000000000003'"),
              (rows_of_text{{to_string(reference_of(3).id), to_string(reference_of(3).cause), "7:1000000000003"}}));
}

/// What a table with history, and one of a projection that parks, adds to the columns of its rows.
struct taken {
    std::string key;
    std::int64_t valid_from{};
    std::string written_by;
};
BOOST_DESCRIBE_STRUCT(taken, (), (key, valid_from, written_by))

template <bool History, leftfold::failure_policy OnFailure>
class with_taken_names : public leftfold::projection<with_taken_names<History, OnFailure>, told> {
public:
    static constexpr auto projection_name = "taken";
    static constexpr auto on_failure = OnFailure;
    leftfold::table<taken, &taken::key> rows{*this, "taken", {.history = History, .keyed_by_stream = true}};
    void on(const told& e) { rows.put({std::to_string(e.number), e.number, ""}); }
};

TEST_F(table, has_no_column_of_a_name_that_its_options_take) {
    using leftfold::failure_policy;
    leftfold::projection_engine engine{store_};
    EXPECT_EQ(code_of([&] { engine.add<with_taken_names<true, failure_policy::stop>>(views()); }),
              errc::invalid_argument);
    EXPECT_EQ(code_of([&] { engine.add<with_taken_names<false, failure_policy::park_key>>(views()); }),
              errc::invalid_argument);
    tell(4);
    auto& read = engine.add<with_taken_names<false, failure_policy::stop>>(views());
    engine.catch_up();
    EXPECT_EQ(read.rows.find("4")->valid_from, 4);
}

class indexed : public leftfold::projection<indexed, told> {
public:
    static constexpr auto projection_name = "indexed";
    leftfold::table<bank::balance, &bank::balance::account> rows{
        *this, "indexed", {.history = true, .indices = {"cents", "cents, account"}}};
    void on(const told& e) { rows.put({std::to_string(1000 + e.number), e.number % 3}); }
};

TEST_F(table, answers_ranges_and_equal_values_in_order_of_the_key_and_by_its_indices) {
    leftfold::appended half;
    for (int i = 0; i != 10; ++i) half = tell(i);
    for (int i = 10; i != 20; ++i) tell(i);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<indexed>(views());
    engine.catch_up();
    const auto keys = [](const std::vector<bank::balance>& rows) {
        std::string all;
        for (const auto& row : rows) all += row.account + " ";
        return all;
    };
    EXPECT_EQ(keys(read.rows.range("1004", "1007")), "1004 1005 1006 ");
    EXPECT_EQ(keys(read.rows.range("1004", "1007", {.limit = 2})), "1004 1005 ");
    EXPECT_EQ(keys(read.rows.all({.limit = 1})), "1000 ");
    EXPECT_EQ(keys(read.rows.where<&bank::balance::cents>(1)), "1001 1004 1007 1010 1013 1016 1019 ");
    const auto then = read.rows.as_of(half.recorded);
    EXPECT_EQ(keys(then.where<&bank::balance::cents>(1)), "1001 1004 1007 ");
    EXPECT_EQ(keys(then.range("1008", "1100")), "1008 1009 ");
    EXPECT_EQ(then.count(), 10);
    EXPECT_EQ(read.rows.count(), 20);
    const auto plan = shell(file(), "EXPLAIN QUERY PLAN SELECT * FROM indexed WHERE cents IS 1 ORDER BY account")[0][3];
    EXPECT_NE(plan.find("USING"), std::string::npos) << plan;
    EXPECT_NE(plan.find("indexed_by_cents"), std::string::npos) << plan;
}

class late : public leftfold::projection<late, told> {
public:
    static constexpr auto projection_name = "late";
    static inline leftfold::recorded_at from;
    leftfold::table<bank::balance, &bank::balance::account> rows{
        *this, "late", {.history = true, .history_from = from}};
    void on(const told& e) { rows.put({"a", e.number}); }
};

TEST_F(table, refuses_to_answer_for_a_time_before_its_history) {
    const auto first = tell(1);
    late::from = tell(2).recorded;
    const auto third = tell(3);
    leftfold::projection_engine engine{store_};
    auto& read = engine.add<late>(views());
    engine.catch_up();
    EXPECT_EQ(code_of([&] { read.rows.as_of(first.recorded); }), errc::before_history);
    EXPECT_EQ(read.rows.as_of(late::from).find("a")->cents, 2);
    EXPECT_EQ(read.rows.as_of(third.recorded).find("a")->cents, 3);
}

template <int Which>
class wrong : public leftfold::projection<wrong<Which>, told> {
public:
    static constexpr auto projection_name = "wrong";
    leftfold::table<bank::balance, &bank::balance::account> rows{
        *this,
        Which == 0   ? "Wrong"
        : Which == 1 ? "sqlite_x"
                     : "right",
        {.history = true, .indices = {Which == 2 ? "nothing" : "cents"}}};
    void on(const told&) {}
};

TEST_F(table, refuses_bad_names_and_indices_of_columns_that_are_not_there) {
    leftfold::projection_engine engine{store_};
    EXPECT_EQ(code_of([&] { engine.add<wrong<0>>(views()); }), errc::invalid_name);
    EXPECT_EQ(code_of([&] { engine.add<wrong<1>>(views()); }), errc::invalid_name);
    EXPECT_EQ(code_of([&] { engine.add<wrong<2>>(views()); }), errc::invalid_argument);
}

}  // namespace table_test
