#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "framework/json_types.hpp"

namespace json_encode_test {

using namespace codec_types;
using leftfold::encode_error;
using leftfold::to_json;
using namespace std::chrono_literals;

/// The text of the error that writing `value` gives, or "no error".
template <class T>
std::string refusal(const T& value) {
    std::string out = "before";
    try {
        leftfold::encode(value, out);
    } catch (const encode_error& error) {
        EXPECT_EQ(out, "before");
        EXPECT_EQ(error.kind(), leftfold::errc::invalid_event);
        return error.what();
    }
    return "no error";
}

TEST(json_encode, a_described_struct_becomes_an_object_in_order_of_description) {
    EXPECT_EQ(to_json(ordered{"ann", {{"a-1", 2}, {"b-2", -3}}}),
              R"({"customer":"ann","lines":[{"sku":"a-1","qty":2},{"sku":"b-2","qty":-3}]})");
    EXPECT_EQ(to_json(cash{}), "{}");
}

TEST(json_encode, members_of_described_bases_come_first) {
    stamped_line value;
    value.sku = "x";
    EXPECT_EQ(to_json(value), R"({"at":"1970-01-01T00:00:00.000000Z","sku":"x","qty":0,"gift":false})");
}

TEST(json_encode, private_members_are_written_and_transient_ones_are_not) {
    EXPECT_EQ(to_json(counter{3, 7}), R"({"count_":3})");
}

TEST(json_encode, an_optional_member_without_a_value_is_left_out) {
    EXPECT_EQ(to_json(deposited{5, "EUR", {}}), R"({"cents":5,"currency":"EUR"})");
    EXPECT_EQ(to_json(deposited{5, "EUR", "hi"}), R"({"cents":5,"currency":"EUR","note":"hi"})");
    EXPECT_EQ(to_json(std::vector<std::optional<int>>{1, {}}), "[1,null]");
}

TEST(json_encode, strings_are_escaped_where_json_asks_for_it) {
    EXPECT_EQ(to_json(std::string{"\"\\/\b\f\n\r\t"}), R"("\"\\/\b\f\n\r\t")");
    EXPECT_EQ(to_json(std::string("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
    EXPECT_EQ(to_json(std::string{"é€𝄞"}), "\"é€𝄞\"");
}

TEST(json_encode, numbers_are_written_as_shortly_as_they_can_be_read_back) {
    EXPECT_EQ(to_json(0.1), "0.1");
    EXPECT_EQ(to_json(0.1F), "0.1");
    EXPECT_EQ(to_json(-0.0), "-0");
    EXPECT_EQ(to_json(1e300), "1e+300");
    EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(to_json(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(to_json(std::int8_t{-128}), "-128");
}

TEST(json_encode, times_are_rfc_3339_in_utc_with_six_digits_or_nine_where_needed) {
    using std::chrono::sys_days;
    using std::chrono::sys_time;
    const sys_time<std::chrono::microseconds> noon = sys_days{std::chrono::year{2026} / 3 / 15} + 12h + 1us;
    EXPECT_EQ(to_json(noon), R"("2026-03-15T12:00:00.000001Z")");
    EXPECT_EQ(to_json(std::chrono::system_clock::time_point{-1ns}), R"("1969-12-31T23:59:59.999999999Z")");
    EXPECT_EQ(to_json(std::chrono::sys_seconds{-62'167'219'200s}), R"("0000-01-01T00:00:00.000000Z")");
    EXPECT_EQ(refusal(std::chrono::sys_seconds{253'402'300'800s}), "$: is a time outside the years 0000 to 9999");
}

TEST(json_encode, the_other_kinds_have_their_forms) {
    EXPECT_EQ(to_json(colour::blue), R"("blue")");
    EXPECT_EQ(to_json(1500ms), "1500");
    EXPECT_EQ(to_json(payment{card{"4711"}}), R"({"card":{"number":"4711"}})");
    EXPECT_EQ(to_json(payment{cash{}}), R"({"cash":{}})");
    EXPECT_EQ(to_json(payment{}), "null");
    EXPECT_EQ(to_json(std::map<std::string, int>{{"a", 1}, {"b c", 2}}), R"({"a":1,"b c":2})");
    EXPECT_EQ(to_json(std::array<bool, 2>{true, false}), "[true,false]");
    EXPECT_EQ(to_json(std::vector<std::byte>{std::byte{0}, std::byte{255}}), R"("AP8=")");
    EXPECT_EQ(to_json(leftfold::raw_json{"{ \"a\" : [1.50, 2] }"}), "{ \"a\" : [1.50, 2] }");
}

TEST(json_encode, text_longer_than_the_buffer_arrives_whole) {
    for (const std::size_t size : {1020U, 1021U, 1022U, 1023U, 1024U, 1025U, 5000U}) {
        const std::string text(size, 'x');
        EXPECT_EQ(to_json(std::vector<std::string>{text, "\n", text}), "[\"" + text + "\",\"\\n\",\"" + text + "\"]");
    }
}

TEST(json_encode, it_appends_to_what_the_caller_has) {
    std::string out = "[";
    leftfold::encode(cash{}, out);
    EXPECT_EQ(out, "[{}");
}

TEST(json_encode, a_number_that_is_not_finite_is_refused) {
    EXPECT_EQ(refusal(std::numeric_limits<double>::infinity()), "$: is a number that is not finite");
    EXPECT_EQ(refusal(std::numeric_limits<float>::quiet_NaN()), "$: is a number that is not finite");
    EXPECT_EQ(refusal(std::map<std::string, double>{{"a b", -HUGE_VAL}}), "$[\"a b\"]: is a number that is not finite");
}

TEST(json_encode, text_that_is_not_utf8_is_refused_and_the_place_is_named) {
    EXPECT_EQ(refusal(ordered{"ann", {{"fine", 1}, {"\xC3(", 2}}}),
              "shop.ordered: $.lines[1].sku: is text that is not valid UTF-8");
    // Cut short, over-long, a surrogate, above U+10FFFF, a lone continuation.
    for (const char* text :
         {"\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xF0\x9F\x98"})
        EXPECT_EQ(refusal(std::string{text}), "$: is text that is not valid UTF-8");
    EXPECT_EQ(refusal(std::map<std::string, int>{{"\xFF", 1}}), "$[\"?\"]: is text that is not valid UTF-8");
}

TEST(json_encode, an_enumerator_without_a_name_is_refused) {
    EXPECT_EQ(refusal(static_cast<colour>(7)), "$: is not one of its type's enumerators");
}

TEST(json_encode, raw_json_that_is_none_is_refused) {
    EXPECT_EQ(refusal(leftfold::raw_json{"{"}),
              "$: is raw JSON that is not valid: is not valid JSON: no name of a member at byte 1");
    EXPECT_EQ(refusal(leftfold::raw_json{"1 2"}),
              "$: is raw JSON that is not valid: is not valid JSON: text after the value at byte 2");
}

struct nested {
    std::vector<nested> in{};
};
BOOST_DESCRIBE_STRUCT(nested, (), (in))

TEST(json_encode, what_is_nested_deeper_than_is_read_is_refused_raw_json_included) {
    const auto of_depth = [](int structs) {
        nested made;
        for (int i = 1; i != structs; ++i) made = nested{{made}};
        return made;
    };
    const auto deepest = leftfold::to_json(of_depth(32));  // a struct and its array are two levels
    EXPECT_NO_THROW(leftfold::decode_json<nested>(deepest));
    EXPECT_THROW(leftfold::to_json(of_depth(33)), leftfold::encode_error);
    const std::map<std::string, leftfold::raw_json> inside{{"in", leftfold::raw_json{deepest}}};
    EXPECT_THROW(leftfold::to_json(inside), leftfold::encode_error);
}

TEST(json_encode, a_refused_value_leaves_no_trace_even_after_the_buffer_was_handed_over) {
    EXPECT_EQ(refusal(std::vector<std::string>{std::string(3000, 'x'), "\xFF"}),
              "$[1]: is text that is not valid UTF-8");
}

}  // namespace json_encode_test
