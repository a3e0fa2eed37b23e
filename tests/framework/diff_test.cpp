#include "leftfold/framework/diff.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <iostream>
#include <limits>
#include <random>

#include "framework/bank.hpp"
#include "framework/json_types.hpp"
#include "leftfold/framework/member_path.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/testing/store.hpp"

namespace diff_test {

using namespace codec_types;
using leftfold::change, leftfold::diff;
using changes = std::vector<change>;

TEST(diff, of_equal_values_is_empty) {
    everything value;
    value.maybe = line{"a", 1};
    value.by_name["x"] = {{"b", 2}};
    value.paid = card{"4711"};
    EXPECT_EQ(diff(value, value), changes{});
}

TEST(diff, names_each_member_that_differs_with_both_values) {
    everything before;
    everything after;
    after.i64 = -7;
    after.text = "ö";
    after.paint = colour::blue;
    after.at = std::chrono::system_clock::time_point{std::chrono::hours{24}};
    before.paint = colour::red;
    EXPECT_EQ(diff(before, after),
              (changes{{"$.i64", "0", "-7"},
                       {"$.text", "\"\"", "\"ö\""},
                       {"$.paint", "\"red\"", "\"blue\""},
                       {"$.at", "\"1970-01-01T00:00:00.000000Z\"", "\"1970-01-02T00:00:00.000000Z\""}}));
}

TEST(diff, goes_into_structs_optionals_arrays_maps_and_alternatives) {
    everything before;
    everything after;
    before.maybe = line{"a", 1};
    after.maybe = line{"a", 2};
    before.triple = {1, 2, 3};
    after.triple = {1, 9, 3};
    before.flags = {true, true};
    after.flags = {true, false};
    before.by_name = {{"x", {{"b", 1}}}};
    after.by_name = {{"x", {{"b", 2}}}};
    before.paid = card{"1"};
    after.paid = card{"2"};
    EXPECT_EQ(diff(before, after), (changes{{"$.maybe.qty", "1", "2"},
                                            {"$.flags[1]", "true", "false"},
                                            {"$.triple[1]", "2", "9"},
                                            {"$.by_name.x[0].qty", "1", "2"},
                                            {"$.paid.card.number", "\"1\"", "\"2\""}}));
}

TEST(diff, what_is_on_one_side_only_is_one_entry_with_one_side) {
    everything before;
    everything after;
    after.maybe = line{"a", 1};
    before.by_name = {{"gone", {}}, {"same", {}}};
    after.by_name = {{"same", {{"b", 1}}}, {"two words", {}}};
    before.flags = {true, false, true};
    after.flags = {true};
    after.paid = cash{};
    EXPECT_EQ(diff(before, after), (changes{{"$.maybe", std::nullopt, R"({"sku":"a","qty":1})"},
                                            {"$.flags[1]", "false", std::nullopt},
                                            {"$.flags[2]", "true", std::nullopt},
                                            {"$.by_name.gone", "[]", std::nullopt},
                                            {"$.by_name.same[0]", std::nullopt, R"({"sku":"b","qty":1})"},
                                            {"$.by_name[\"two words\"]", std::nullopt, "[]"},
                                            {"$.paid", "null", R"({"cash":{}})"}}));
}

struct sparse {
    std::map<std::string, std::optional<line>> by_name;
};
BOOST_DESCRIBE_STRUCT(sparse, (), (by_name))

TEST(diff, an_element_without_a_value_is_null_and_there) {
    const sparse before{{{"a", std::nullopt}, {"b", line{"x", 1}}}};
    const sparse after{{{"b", std::nullopt}, {"c", std::nullopt}}};
    EXPECT_EQ(diff(before, after), (changes{{"$.by_name.a", "null", std::nullopt},
                                            {"$.by_name.b", R"({"sku":"x","qty":1})", "null"},
                                            {"$.by_name.c", std::nullopt, "null"}}));
}

TEST(diff, a_changed_alternative_is_one_entry) {
    everything before;
    everything after;
    before.paid = card{"1"};
    after.paid = cash{};
    EXPECT_EQ(diff(before, after), (changes{{"$.paid", R"({"card":{"number":"1"}})", R"({"cash":{}})"}}));
}

TEST(diff, does_not_see_working_memory) { EXPECT_EQ(diff(counter{1, 2}, counter{1, 3}), changes{}); }

TEST(diff, tells_numbers_apart_as_their_stored_forms_are) {
    everything before;
    everything after;
    before.real = 0.0;
    after.real = -0.0;
    EXPECT_EQ(diff(before, after), (changes{{"$.real", "0", "-0"}}));
    before.real = after.real = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(diff(before, after), changes{}) << "a NaN is no change of itself";
    after.real = std::numeric_limits<double>::infinity();
    EXPECT_EQ(diff(before, after), (changes{{"$.real", "nan", "inf"}})) << "JSON cannot say it";
}

/// A type whose `==` must not be asked.
struct moody {
    int calls{};
    [[maybe_unused]] friend bool operator==(const moody&, const moody&) { throw std::logic_error("asked"); }
};
BOOST_DESCRIBE_STRUCT(moody, (), (calls))
struct holder {
    moody inner;
    std::optional<moody> maybe;
    std::vector<moody> many;
};
BOOST_DESCRIBE_STRUCT(holder, (), (inner, maybe, many))

TEST(diff, never_calls_the_users_comparison) {
    const holder before{{1}, moody{2}, {{3}}};
    const holder after{{2}, moody{2}, {{4}}};
    EXPECT_EQ(diff(before, after), (changes{{"$.inner.calls", "1", "2"}, {"$.many[0].calls", "3", "4"}}));
}

TEST(diff, compares_any_two_answers_of_a_repository) {
    leftfold::testing::store store;
    leftfold::repository<bank::account> accounts{store};
    const auto nothing = accounts.load("ann");
    accounts.execute("ann", [](auto& a) { a.open("Ann"); });
    const auto opened = accounts.load("ann");
    accounts.execute("ann", [](auto& a) { a.deposit(5); });
    const auto paid = accounts.load("ann");
    EXPECT_EQ(diff(opened, paid), (changes{{"$.balance_", "0", "5"}, {"$.moves_[0]", std::nullopt, "5"}}));
    EXPECT_EQ(diff(nothing, opened), (changes{{"$.owner_", std::nullopt, "\"Ann\""},
                                              {"$.balance_", std::nullopt, "0"},
                                              {"$.moves_", std::nullopt, "[]"}}));
    EXPECT_EQ(diff(opened, nothing).front(), (change{"$.owner_", "\"Ann\"", std::nullopt}));
    EXPECT_EQ(diff(nothing, nothing), changes{});
    EXPECT_EQ(diff(*opened, *paid), diff(opened, paid)) << "and any two states";
}

TEST(diff, is_written_for_people) {
    EXPECT_EQ(to_string(change{"$.a", "1", "2"}), "$.a: 1 → 2");
    EXPECT_EQ(to_string(change{"$.a", std::nullopt, "2"}), "$.a: added 2");
    EXPECT_EQ(to_string(change{"$.a", "1", std::nullopt}), "$.a: removed 1");
}

// A property: what diff tells of two values turns the JSON of the one into the JSON of the other.

struct basket {
    std::int64_t number{};
    double weight{};
    std::string name;
    std::optional<line> top;
    std::vector<line> lines;
    std::map<std::string, std::vector<std::int32_t>> marks;
    payment paid;
    std::unordered_map<std::string, std::optional<line>> notes;
};
BOOST_DESCRIBE_STRUCT(basket, (), (number, weight, name, top, lines, marks, paid, notes))

class baskets {
public:
    basket next() {
        basket made;
        made.number = below(3);
        made.weight = static_cast<double>(below(3)) / 10;
        made.name = word();
        if (below(2) != 0) made.top = any_line();
        for (auto i = below(4); i > 0; --i) made.lines.push_back(any_line());
        for (auto i = below(4); i > 0; --i)
            made.marks[word()] = std::vector<std::int32_t>(static_cast<std::size_t>(below(3)), below(2));
        if (below(3) == 0) made.paid = card{word()};
        if (below(3) == 0) made.paid = cash{};
        for (auto i = below(3); i > 0; --i)
            made.notes[word()] = below(2) != 0 ? std::optional{any_line()} : std::nullopt;
        return made;
    }

private:
    std::int32_t below(std::int32_t bound) {
        return static_cast<std::int32_t>(engine_() % static_cast<unsigned>(bound));
    }
    std::string word() {
        static constexpr const char* words[] = {"", "a", "b", "two words", "\"quoted\"", "back\\slash", "ö", "[0]"};
        return words[below(8)];
    }
    line any_line() { return {word(), below(3)}; }

    std::mt19937 engine_{20'260'315};
};

/// The value that holds what the path names.
boost::json::value& holder_of(boost::json::value& root, const leftfold::member_path& path) {
    boost::json::value* at = &root;
    for (std::size_t i = 0; i + 1 < path.parts().size(); ++i) {
        const auto& part = path.parts()[i];
        at = part.is_index ? &at->as_array().at(part.index) : &at->as_object().at(part.name);
    }
    return *at;
}

/// Carries one change out, but for elements that go: they are named by where they stood.
void patch(boost::json::value& root, const change& each) {
    const leftfold::member_path path{each.path};
    auto& at = holder_of(root, path);
    const auto& last = path.parts().back();
    if (!last.is_index && each.after)
        at.as_object()[last.name] = boost::json::parse(*each.after);
    else if (!last.is_index)
        at.as_object().erase(last.name);
    else if (each.after && each.before)
        at.as_array().at(last.index) = boost::json::parse(*each.after);
    else if (each.after)
        at.as_array().push_back(boost::json::parse(*each.after));
}

/// Takes the elements out that go, the last ones first.
void prune(boost::json::value& root, const changes& all) {
    for (auto each = all.rbegin(); each != all.rend(); ++each) {
        const leftfold::member_path path{each->path};
        if (each->after || !path.parts().back().is_index) continue;
        auto& array = holder_of(root, path).as_array();
        array.erase(array.begin() + static_cast<std::ptrdiff_t>(path.parts().back().index));
    }
}

TEST(diff, turns_one_value_into_the_other) {
    baskets source;
    std::size_t carried_out = 0;
    for (int i = 0; i < 5'000; ++i) {
        const basket before = source.next();
        const basket after = source.next();
        auto made = boost::json::parse(leftfold::to_json(before));
        const auto wanted = boost::json::parse(leftfold::to_json(after));
        const auto found = diff(before, after);
        ASSERT_EQ(found.empty(), made == wanted);
        for (const change& each : found) patch(made, each);
        prune(made, found);
        ASSERT_EQ(made, wanted) << leftfold::to_json(before);
        carried_out += found.size();
        ASSERT_EQ(diff(after, before).size(), found.size());
    }
    std::cout << "diff: 5000 pairs, " << carried_out << " changes carried out\n";
}

}  // namespace diff_test
