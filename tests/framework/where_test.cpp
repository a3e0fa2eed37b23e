#include "leftfold/framework/where.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "framework/bank.hpp"
#include "framework/expect_error.hpp"
#include "framework/json_types.hpp"

namespace where_test {

using namespace codec_types;
using leftfold::errc, leftfold::member_path;

everything sample() {
    everything value;
    value.yes = true;
    value.i8 = -3;
    value.u64 = std::numeric_limits<std::uint64_t>::max();
    value.i64 = (std::int64_t{1} << 53) + 1;
    value.real = 0.1;
    value.text = "it's";
    value.paint = colour::green;
    value.maybe = line{"sku", 4};
    value.triple = {1, 2, 3};
    value.by_name["two words"] = {{"b", 2}};
    value.at = std::chrono::sys_days{std::chrono::year{2026} / 3 / 15} + std::chrono::milliseconds{1};
    value.timeout = std::chrono::milliseconds{250};
    value.paid = card{"4711"};
    return value;
}

bool holds(std::string_view text) { return leftfold::where<everything>{text}(sample()); }

TEST(where, compares_numbers_exactly) {
    EXPECT_TRUE(holds("$.i8 < 0"));
    EXPECT_TRUE(holds("$.i8 = -3"));
    EXPECT_FALSE(holds("$.i8 <> -3"));
    EXPECT_TRUE(holds("$.u64 = 18446744073709551615"));
    EXPECT_TRUE(holds("$.u64 > -1"));
    EXPECT_TRUE(holds("$.i64 > 9007199254740992"));
    EXPECT_TRUE(holds("$.i64 > 9007199254740992.0")) << "an integer is not rounded to compare it";
    EXPECT_TRUE(holds("$.real == 0.1"));
    EXPECT_TRUE(holds("$.real<1"));
    EXPECT_TRUE(holds("$.timeout >= 250"));
    EXPECT_FALSE(holds("$.timeout > 2.5e2"));
}

struct lease {
    std::chrono::sys_seconds until;
};
BOOST_DESCRIBE_STRUCT(lease, (), (until))

TEST(where, takes_a_time_that_microseconds_cannot_say_for_the_last_or_the_first) {
    using std::chrono::sys_seconds;
    EXPECT_TRUE(leftfold::where<lease>{"$.until > '2026-01-01'"}({sys_seconds::max()}));
    EXPECT_TRUE(leftfold::where<lease>{"$.until < '2026-01-01'"}({sys_seconds::min()}));
    EXPECT_FALSE(leftfold::where<lease>{"$.until > '2026-01-01'"}({sys_seconds{}}));
}

TEST(where, compares_texts_names_times_and_truths) {
    EXPECT_TRUE(holds("$.text = \"it's\""));
    EXPECT_TRUE(holds("$.text = 'it''s'"));
    EXPECT_TRUE(holds(R"($.text = 'it\'s')"));
    EXPECT_TRUE(holds("$.text < 'j'"));
    EXPECT_TRUE(holds("$.paint = 'green'"));
    EXPECT_TRUE(holds("$.paint != 'red'"));
    EXPECT_TRUE(holds("$.at > '2026-03-15'"));
    EXPECT_TRUE(holds("$.at = '2026-03-15T01:00:00.001+01:00'"));
    EXPECT_TRUE(holds("$.yes = true"));
    EXPECT_TRUE(holds("$.yes != false"));
}

TEST(where, goes_where_the_path_leads) {
    EXPECT_TRUE(holds("$.maybe.qty = 4"));
    EXPECT_TRUE(holds("$.triple[2] = 3"));
    EXPECT_TRUE(holds("$.by_name[\"two words\"][0].sku = 'b'"));
    EXPECT_TRUE(holds("$.by_name.\"two words\"[0].sku = 'b'"));
    EXPECT_TRUE(holds("$.paid.card.number = '4711'"));
}

TEST(where, what_is_not_there_equals_null_and_nothing_else) {
    for (const auto* path : {"$.by_name.gone", "$.triple[3]", "$.paid.cash", "$.by_name[\"two words\"][1].qty"}) {
        SCOPED_TRACE(path);
        EXPECT_TRUE(holds(std::string{path} + " = null"));
        EXPECT_FALSE(holds(std::string{path} + " != null"));
    }
    EXPECT_FALSE(holds("$.triple[3] = 3"));
    EXPECT_FALSE(holds("$.triple[3] != 3"));
    EXPECT_FALSE(holds("$.triple[3] < 3"));
    EXPECT_TRUE(holds("$.maybe != null"));
    EXPECT_TRUE(holds("$ != null"));
    EXPECT_TRUE(holds("$.paid != null"));
    EXPECT_TRUE(holds("$.extra = null")) << "raw JSON that is null";
    EXPECT_TRUE(leftfold::where<everything>{"$.paid = null"}(everything{}));
    EXPECT_TRUE(holds("$.paid.card != null"));
}

TEST(where, refuses_a_path_that_no_state_can_have) {
    const auto refused = [](std::string_view text, std::string_view why) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, why, [&] { leftfold::where<everything>{text}; });
    };
    refused("$.maybe.size = 1", "a struct, which has sku, qty");
    refused("$.paid.cheque = null", "a variant, which has card, cash");
    refused("$.i8.bits = 1", "a value without members");
    refused("$.triple.x = 1", "an array");
    refused("$.by_name[0] = null", "a map");
    refused("$[0] = null", "a struct");
    expect_error(errc::invalid_argument, "count_", [] { leftfold::where<counter>{"$.cached_ = 1"}; });
}

TEST(where, refuses_a_literal_of_another_type) {
    for (const auto* text : {"$.i8 = '3'", "$.i8 = true", "$.text = 3", "$.text = false", "$.yes = 1", "$.yes < true",
                             "$.paint = 2", "$.paint < 'red'", "$.paint = 'violet'", "$.at = 3", "$.at = 'noon'",
                             "$.maybe = 1", "$.triple = 'x'", "$.i8 < null", "$.extra = 1"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, "", [&] { leftfold::where<everything>{text}; });
    }
}

TEST(where, refuses_what_is_no_comparison) {
    for (const auto* text : {"",
                             "$",
                             "$.i8",
                             "$.i8 =",
                             "$.i8 3",
                             "= 3",
                             "$.i8 = 3 4",
                             "$.i8 = +3",
                             "$.i8 = 0x3",
                             "$.i8 = nan",
                             "$.i8 = inf",
                             "$.i8 = --3",
                             "$.i8 = -",
                             "$.text = 'a",
                             "$.text = 'a'b'",
                             "$.text = '",
                             "$.text = 'a' or 1",
                             "$.i8 => 3",
                             "$.i8 === 3",
                             "i8 = 3",
                             "$.i8 = TRUE"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, "", [&] { leftfold::where<everything>{text}; });
    }
}

TEST(where, asks_the_members_of_an_aggregate_that_nobody_else_sees) {
    leftfold::where<bank::account> overdrawn{"$.balance_ < 0"};
    EXPECT_FALSE(overdrawn(bank::account{}));
}

TEST(member_path, is_written_as_it_is_read) {
    for (const auto* text :
         {"$", "$.a", "$.lines[1].qty", "$[\"two words\"]", "$[\"\"].x", R"($["a\"b\\c"][0])", "$[0][12]"})
        EXPECT_EQ(to_string(member_path{text}), text);
    EXPECT_EQ(to_string(member_path{"$.\"a.b\".c"}), "$[\"a.b\"].c");
    EXPECT_EQ(to_string(member_path{"$[\"plain\"]"}), "$.plain");
}

TEST(member_path, refuses_anything_else_and_says_where) {
    for (const auto* text : {"", "a", "$a", "$.", "$..a", "$[", "$[]", "$[-1]", "$[a]", "$[1", "$[\"a]", "$[\"a\"",
                             "$. a", "$.a ", "$[99999999999999999999]", R"($["a\n"])"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, "at character ", [&] { member_path{text}; });
    }
    std::string deep = "$";
    for (std::size_t i = 0; i <= member_path::parts_max; ++i) deep += "[0]";
    expect_error(errc::invalid_argument, "too deep", [&] { member_path{deep}; });
    deep.resize(deep.size() - 3);
    EXPECT_EQ(member_path{deep}.parts().size(), member_path::parts_max);
}

}  // namespace where_test
