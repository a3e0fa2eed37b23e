#include "leftfold/framework/to_text.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "framework/json_types.hpp"

namespace to_text_test {

using namespace codec_types;
using leftfold::to_text;
using namespace std::chrono_literals;

TEST(to_text, a_struct_reads_as_its_name_and_members) {
    EXPECT_EQ(to_text(deposited{50, "EUR", {}}), R"(deposited{cents: 50, currency: "EUR"})");
    EXPECT_EQ(to_text(ordered{"ann", {{"a", 1}, {"b", 2}}}),
              R"(ordered{customer: "ann", lines: [line{sku: "a", qty: 1}, line{sku: "b", qty: 2}]})");
    EXPECT_EQ(to_text(cash{}), "cash{}");
    EXPECT_EQ(to_text(counter{3, 7}), "counter{count_: 3}");
}

TEST(to_text, every_kind_has_a_plain_form) {
    EXPECT_EQ(to_text(true), "true");
    EXPECT_EQ(to_text(0.5), "0.5");
    EXPECT_EQ(to_text(std::optional<int>{}), "none");
    EXPECT_EQ(to_text(colour::blue), "blue");
    EXPECT_EQ(to_text(payment{card{"1"}}), R"(card{number: "1"})");
    EXPECT_EQ(to_text(std::map<std::string, int>{{"k", 1}}), R"({"k": 1})");
    EXPECT_EQ(to_text(std::chrono::sys_seconds{1s}), "1970-01-01T00:00:01.000000Z");
    EXPECT_EQ(to_text(std::vector<std::byte>{std::byte{0xAB}}), "0xab");
    EXPECT_EQ(to_text(leftfold::raw_json{"[1, 2]"}), "[1, 2]");
}

TEST(to_text, it_shows_what_cannot_be_stored) {
    EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(to_text(std::string{"a\"\n\xFF\x01"}), R"("a\"\n\xff\x01")");
    EXPECT_EQ(to_text(static_cast<colour>(7)), "<is not one of its type's enumerators>");
}

TEST(describe, members_can_be_visited_one_by_one) {
    deposited value{50, "EUR", "x"};
    std::string seen;
    leftfold::for_each_member(
        value, [&](std::string_view name, const auto& member) { (((seen += name) += '=') += to_text(member)) += ';'; });
    EXPECT_EQ(seen, R"(cents=50;currency="EUR";note="x";)");
    leftfold::for_each_member(value, [](std::string_view, auto& member) { member = {}; });
    EXPECT_EQ(value, (deposited{0, "", {}}));
}

TEST(describe, names_of_types_come_without_namespaces) {
    EXPECT_EQ(leftfold::type_name<deposited>(), "deposited");
    EXPECT_EQ(leftfold::type_name<int>(), "int");
    EXPECT_EQ(leftfold::type_name<std::vector<codec_types::line>>().substr(0, 7), "vector<");
}

}  // namespace to_text_test
