#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "framework/json_types.hpp"

namespace json_decode_test {

using namespace codec_types;
using leftfold::decode;
using leftfold::decode_error;
using namespace std::chrono_literals;

/// The text of the error that reading a T from `json` gives, or "no error".
template <class T>
std::string refusal(std::string_view json) {
    try {
        (void)decode<T>(json);
    } catch (const decode_error& error) {
        EXPECT_EQ(error.kind(), leftfold::errc::invalid_event);
        return error.what();
    }
    return "no error";
}

TEST(json_decode, an_object_fills_a_described_struct) {
    const ordered wanted{"ann", {{"a", 1}, {"b", 2}}};
    EXPECT_EQ(decode<ordered>(R"({"customer":"ann","lines":[{"sku":"a","qty":1},{"sku":"b","qty":2}]})"), wanted);
    EXPECT_EQ(decode<ordered>(" {\n\"lines\" : [ { \"qty\" : 1 , \"sku\":\"a\"},\t{\"sku\":\"b\",\"qty\":2} ] ,\r"
                              "\"cust\\u006fmer\":\"ann\" } "),
              wanted);
}

TEST(json_decode, every_kind_comes_back) {
    everything value;
    value.yes = true;
    value.text = "Zoë";
    value.bytes = {std::byte{1}, std::byte{2}};
    value.paint = colour::red;
    value.maybe = line{"m", 1};
    value.flags = {true, false, true};
    value.triple = {1, 2, 3};
    value.by_name = {{"x", {{"s", 1}}}, {"y", {}}};
    value.prices = {{"p", 0.1}};
    value.at = std::chrono::system_clock::time_point{1'773'567'000'123'456'789ns};
    value.timeout = -5ms;
    value.paid = card{"1"};
    value.extra.text = R"({ "k": 1.0 })";
    EXPECT_EQ(decode<everything>(leftfold::to_json(value)), value);
}

TEST(json_decode, members_of_bases_and_private_members_are_filled) {
    const auto value = decode<stamped_line>(R"({"gift":true,"qty":3,"sku":"x","at":"2026-03-15T00:00:00Z"})");
    EXPECT_TRUE(value.gift);
    EXPECT_EQ(value.qty, 3);
    EXPECT_EQ(value.at, std::chrono::sys_days{std::chrono::year{2026} / 3 / 15});
    EXPECT_EQ(decode<counter>(R"({"count_":3,"cached_":9})").count(), 3);
    EXPECT_EQ(decode<counter>(R"({"count_":3,"cached_":9})").cached(), 0);
}

TEST(json_decode, absent_members_are_errors_unless_optional_or_named) {
    EXPECT_EQ(decode<deposited>(R"({"cents":5})"), (deposited{5, "EUR", {}}));
    EXPECT_EQ(decode<deposited>(R"({"cents":5,"currency":"CHF","note":null})"), (deposited{5, "CHF", {}}));
    EXPECT_EQ(refusal<deposited>(R"({"currency":"CHF"})"), "bank.deposited: $.cents: is missing");
    EXPECT_EQ(refusal<deposited>(R"({"cents":null})"), "bank.deposited: $.cents: wants an integer in range, got null");
    EXPECT_EQ(refusal<deposited>(R"({"cents":1,"currency":null})"),
              "bank.deposited: $.currency: wants a string, got null");
    EXPECT_EQ(refusal<ordered>(R"({"customer":"a","lines":[{"sku":"s"}]})"),
              "shop.ordered: $.lines[0].qty: is missing");
}

TEST(json_decode, unknown_members_are_ignored_unless_the_type_is_closed) {
    EXPECT_EQ(decode<deposited>(R"({"x":{"y":[1,"a\n",null,true,{"z":1e5}]},"cents":5,"w":false})").cents, 5);
    EXPECT_EQ(refusal<sealed>(R"({"number":1,"other":2})"), "$.other: is a member that the closed type does not know");
}

TEST(json_decode, duplicate_keys_are_refused_known_or_not) {
    EXPECT_EQ(refusal<deposited>(R"({"cents":1,"cents":1})"),
              "bank.deposited: $.cents: stands twice in the same object");
    EXPECT_EQ(refusal<deposited>(R"({"cents":1,"x":1,"y":2,"x":1})"),
              "bank.deposited: $.x: stands twice in the same object");
    EXPECT_EQ((refusal<std::map<std::string, int>>(R"({"a":1,"\u0061":2})")), "$.a: stands twice in the same object");
}

TEST(json_decode, errors_carry_type_path_and_reason) {
    try {
        (void)decode<ordered>(R"({"customer":"a","lines":[{"sku":"s","qty":1},{"sku":"s","qty":"2"}]})");
        FAIL();
    } catch (const decode_error& error) {
        EXPECT_EQ(error.event_type(), "shop.ordered");
        EXPECT_EQ(error.path(), "$.lines[1].qty");
        EXPECT_EQ(error.reason(), R"(wants an integer in range, got "2")");
        EXPECT_STREQ(error.what(), R"(shop.ordered: $.lines[1].qty: wants an integer in range, got "2")");
    }
}

TEST(json_decode, a_failed_decode_leaves_the_value_as_it_was) {
    ordered value{"before", {{"a", 1}}};
    EXPECT_THROW(leftfold::decode(R"({"customer":"after","lines":[{"sku":"b"}]})", value), decode_error);
    EXPECT_EQ(value, (ordered{"before", {{"a", 1}}}));
    leftfold::decode(R"({"customer":"after","lines":[]})", value);
    EXPECT_EQ(value, (ordered{"after", {}}));
}

template <class T>
void expect_edges(const std::string& below, const std::string& above) {
    using limits = std::numeric_limits<T>;
    EXPECT_EQ(decode<T>(std::to_string(limits::min())), limits::min());
    EXPECT_EQ(decode<T>(std::to_string(limits::max())), limits::max());
    EXPECT_EQ(refusal<T>(below), "$: wants an integer in range, got " + below);
    EXPECT_EQ(refusal<T>(above), "$: wants an integer in range, got " + above);
}

TEST(json_decode, integers_of_every_width_take_their_range_and_no_more) {
    expect_edges<std::int8_t>("-129", "128");
    expect_edges<std::uint8_t>("-1", "256");
    expect_edges<std::int16_t>("-32769", "32768");
    expect_edges<std::uint16_t>("-1", "65536");
    expect_edges<std::int32_t>("-2147483649", "2147483648");
    expect_edges<std::uint32_t>("-1", "4294967296");
    expect_edges<std::int64_t>("-9223372036854775809", "9223372036854775808");
    expect_edges<std::uint64_t>("-1", "18446744073709551616");
    expect_edges<long long>("-18446744073709551617", "99999999999999999999999");
    EXPECT_EQ(decode<std::uint8_t>("-0"), 0);
}

TEST(json_decode, what_is_no_whole_number_is_no_integer) {
    for (const char* json : {"1.0", "1e2", "01", "-", "+1", "true", "null", "\"1\"", "1.", "--1", ".5"})
        EXPECT_EQ(refusal<int>(json).substr(0, 31), "$: wants an integer in range, g") << json;
    EXPECT_EQ(refusal<int>(""), "$: wants an integer in range, got the end of the text");
    EXPECT_EQ(refusal<int>("[1]"), "$: wants an integer in range, got an array");
    EXPECT_EQ(refusal<int>("{}"), "$: wants an integer in range, got an object");
}

TEST(json_decode, doubles_are_read_exactly_or_refused) {
    EXPECT_EQ(decode<double>("0.1"), 0.1);
    EXPECT_EQ(decode<double>("9007199254740993"), 9007199254740992.0);
    EXPECT_EQ(decode<double>("18446744073709551616"), 18446744073709551616.0);
    EXPECT_EQ(decode<double>("2.2250738585072011e-308"), 2.2250738585072011e-308);
    EXPECT_EQ(decode<double>("4.9406564584124654e-324"), std::numeric_limits<double>::denorm_min());
    EXPECT_TRUE(std::signbit(decode<double>("-0")));
    EXPECT_EQ(decode<float>("16777217"), 16777216.0F);
    EXPECT_EQ(refusal<double>("1e400"), "$: wants a number in range, got 1e400");
    EXPECT_EQ(refusal<double>("1e-400"), "$: wants a number in range, got 1e-400");
    EXPECT_EQ(refusal<float>("1e39"), "$: wants a number in range, got 1e39");
    for (const char* json : {"NaN", "Infinity", "-", "1.", ".1", "01", "1e", "1e+", "+1", "\"1\"", "1.5.2", "1-2"})
        EXPECT_EQ(refusal<double>(json).substr(0, 22), "$: wants a number, got") << json;
}

TEST(json_decode, every_escape_is_read) {
    EXPECT_EQ(decode<std::string>(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(decode<std::string>(R"("\u0000\u0041\u00e9\u20AC\uD834\uDD1E")"), std::string("\0Aé€𝄞", 11));
    EXPECT_EQ(decode<std::string>("\"é€𝄞\x7f\""), "é€𝄞\x7f");
}

TEST(json_decode, bad_strings_are_refused_with_the_place) {
    const auto invalid = [](const std::string& what) { return "$: is not valid JSON: " + what; };
    EXPECT_EQ(refusal<std::string>(R"("abc)"), invalid("a string without an end at byte 0"));
    EXPECT_EQ(refusal<std::string>("\"a\nb\""), invalid("a control character in a string at byte 2"));
    EXPECT_EQ(refusal<std::string>(R"("\x41")"), invalid("an unknown escape at byte 1"));
    EXPECT_EQ(refusal<std::string>(R"("\u12g4")"), invalid("an escape without four hexadecimal digits at byte 3"));
    EXPECT_EQ(refusal<std::string>(R"("\u-123")"), invalid("an escape without four hexadecimal digits at byte 3"));
    EXPECT_EQ(refusal<std::string>(R"("\ud834")"), invalid("half a surrogate pair at byte 1"));
    EXPECT_EQ(refusal<std::string>(R"("\ud834\u0041")"), invalid("half a surrogate pair at byte 1"));
    EXPECT_EQ(refusal<std::string>(R"("\udd1e")"), invalid("half a surrogate pair at byte 1"));
    for (const char* text : {"\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
        EXPECT_EQ(refusal<std::string>('"' + std::string{text} + '"'),
                  invalid("text that is not valid UTF-8 at byte 1"));
}

TEST(json_decode, a_text_cut_anywhere_is_refused) {
    const std::string whole = leftfold::to_json(ordered{"a\"\u00e9", {{"x", 12}, {"y", -3}}});
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW((void)decode<ordered>(std::string_view{whole}.substr(0, size)), decode_error) << size;
    EXPECT_EQ(refusal<ordered>(whole + "}"),
              "shop.ordered: $: is not valid JSON: text after the value at byte " + std::to_string(whole.size()));
    EXPECT_EQ(refusal<ordered>("\xEF\xBB\xBF" + whole).substr(0, 32), "shop.ordered: $: wants an object");
}

TEST(json_decode, times_are_read_with_any_offset_and_refused_when_they_cannot_be) {
    using micros = std::chrono::sys_time<std::chrono::microseconds>;
    const micros noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 15} + 12h;
    for (const char* json : {R"("2026-03-15T12:00:00Z")", R"("2026-03-15t12:00:00.0z")",
                             R"("2026-03-15T14:30:00+02:30")", R"("2026-03-14T23:00:00.000000000-13:00")"})
        EXPECT_EQ(decode<micros>(json), noon) << json;
    for (const char* json : {"2026-02-29T00:00:00Z", "2026-03-15", "2026-03-15T24:00:00Z", "2026-03-15T12:00:60Z",
                             "2026-03-15 12:00:00Z", "2026-03-15T12:00:00", "2026-3-15T12:00:00Z",
                             "2026-03-15T12:00:00.Z", "2026-03-15T12:00:00.0000000000Z", "", "-026-03-15T12:00:00Z"})
        EXPECT_EQ(refusal<micros>('"' + std::string{json} + '"').substr(0, 12), "$: wants a t") << json;
    EXPECT_EQ(refusal<micros>(R"("2026-03-15T12:00:00.0000001Z")"),
              R"($: wants a time of no finer precision, got "2026-03-15T12:00:00.0000001Z")");
    EXPECT_EQ(refusal<std::chrono::system_clock::time_point>(R"("9999-01-01T00:00:00Z")"),
              R"($: wants a time in range, got "9999-01-01T00:00:00Z")");
    using nanos = std::chrono::system_clock::time_point;
    for (const nanos edge : {nanos::min(), nanos::max()}) EXPECT_EQ(decode<nanos>(leftfold::to_json(edge)), edge);
}

TEST(json_decode, wrong_kinds_are_refused) {
    EXPECT_EQ(refusal<bool>("1"), "$: wants true or false, got 1");
    EXPECT_EQ(refusal<bool>("truth"), "$: is not valid JSON: an unknown word at byte 0");
    EXPECT_EQ(refusal<colour>(R"("mauve")"), R"($: wants the name of an enumerator, got "mauve")");
    EXPECT_EQ(refusal<colour>("2"), "$: wants a string, got 2");
    EXPECT_EQ(refusal<payment>(R"({"cheque":{}})"), "$.cheque: is not the tag of an alternative");
    EXPECT_EQ(refusal<payment>(R"({"cash":{},"card":{}})").substr(0, 28), "$.cash: is not valid JSON: n");
    EXPECT_EQ(refusal<payment>(R"({"card":{"number":1}})"), "$.card.number: wants a string, got 1");
    EXPECT_EQ(refusal<payment>("[]"), "$: wants an object with the tag of an alternative, got an array");
    EXPECT_EQ((refusal<std::array<int, 2>>("[1]")), "$[1]: is missing in an array of fixed size");
    EXPECT_EQ((refusal<std::array<int, 2>>("[1,2,3]")), "$[2]: is one element too many for an array of fixed size");
    EXPECT_EQ(refusal<std::vector<int>>("[1,]"), "$[1]: wants an integer in range, got ]");
    EXPECT_EQ(refusal<std::vector<int>>("[1 2]"),
              "$[1]: is not valid JSON: neither a comma nor the end of the array at byte 3");
    EXPECT_EQ(refusal<std::vector<std::byte>>(R"("AP8")"), R"($: wants bytes in base64, got "AP8")");
    EXPECT_EQ(refusal<std::vector<std::byte>>(R"("AP9=")"), R"($: wants bytes in base64, got "AP9=")");
    EXPECT_EQ(refusal<ordered>("7"), "shop.ordered: $: wants an object, got 7");
    EXPECT_EQ(refusal<ordered>(R"({"customer":"a",})").substr(0, 42), "shop.ordered: $.customer: is not valid JSO");
}

TEST(json_decode, the_quoted_value_is_short_and_printable) {
    EXPECT_EQ(refusal<int>('"' + std::string(500, 'x') + '"'),
              "$: wants an integer in range, got \"" + std::string(59, 'x') + "...");
    EXPECT_EQ(refusal<int>("\"\xFF\""), "$: wants an integer in range, got text that is not valid UTF-8");
}

std::string nested(std::size_t depth) {
    std::string json;
    for (std::size_t i = 1; i < depth; ++i) json += "[";
    json += "[]";
    for (std::size_t i = 1; i < depth; ++i) json += "]";
    return json;
}

TEST(json_decode, nesting_is_bounded_by_a_limit_with_a_name) {
    node value;
    for (int depth = 0; depth <= 31; ++depth) {
        EXPECT_EQ(decode<node>(leftfold::to_json(value)), value) << depth;
        node outer;
        outer.children.push_back(std::move(value));
        value = std::move(outer);
    }
    EXPECT_EQ(decode<leftfold::raw_json>(nested(64)).text, nested(64));
    EXPECT_NE(refusal<leftfold::raw_json>(nested(65)).find("is nested deeper than 64 levels"), std::string::npos);
    EXPECT_NE(refusal<leftfold::raw_json>(std::string(1'000'000, '[')).find("deeper"), std::string::npos);
    EXPECT_THROW((void)leftfold::decode_json<leftfold::raw_json>(nested(3), {.depth_max = 2}), decode_error);
    EXPECT_NO_THROW((void)leftfold::decode_json<leftfold::raw_json>(nested(3), {.depth_max = 3}));
}

TEST(json_decode, raw_json_is_kept_verbatim) {
    EXPECT_EQ(decode<leftfold::raw_json>(" { \"a\" : [1.500, \"\\u0041\"] }  ").text,
              "{ \"a\" : [1.500, \"\\u0041\"] }");
    EXPECT_EQ((decode<std::map<std::string, leftfold::raw_json>>(R"({"a":1e5,"b":"x"})").at("a").text), "1e5");
    EXPECT_EQ(refusal<leftfold::raw_json>("nul"), "$: is not valid JSON: an unknown word at byte 0");
}

}  // namespace json_decode_test
