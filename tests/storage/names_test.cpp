#include "leftfold/storage/names.hpp"

#include "storage/expect_error.hpp"

namespace names_test {

using namespace leftfold;
using namespace std::string_literals;

TEST(names, a_category_is_a_short_lower_case_word) {
    for (const auto& good : {"a"s, "account"s, "bank.account_2"s, "a"s + std::string(63, 'z')}) {
        SCOPED_TRACE(good);
        EXPECT_NO_THROW(check_category(good));
    }
    for (const auto& bad :
         {""s, "A"s, "1a"s, "_a"s, ".a"s, "a-b"s, "a b"s, "aB"s, "a\0"s, "\xc3\xa4"s, "a"s + std::string(64, 'z')}) {
        SCOPED_TRACE(bad);
        expect_error(errc::invalid_name, [&] { check_category(bad); });
    }
}

TEST(names, a_stream_key_is_utf8_without_nul) {
    for (const auto& good : {"a"s, "{x}/y z"s, "../etc"s, "\n"s, "\xf0\x9f\x8d\x83"s, std::string(1024, 'k')}) {
        SCOPED_TRACE(good);
        EXPECT_NO_THROW(check_stream_key(good));
    }
    for (const auto& bad : {""s, "a\0b"s, std::string(1025, 'k')}) {
        SCOPED_TRACE(bad);
        expect_error(errc::invalid_name, [&] { check_stream_key(bad); });
    }
    expect_error(errc::invalid_utf8, [] { check_stream_key("caf\xe9"); });
}

TEST(names, an_event_type_has_no_control_characters) {
    for (const auto& good : {"bank.deposited"s, "Größe \xe2\x82\xac"s, std::string(255, 't'), "\xc2\xa0"s}) {
        SCOPED_TRACE(good);
        EXPECT_NO_THROW(check_event_type(good));
    }
    for (const auto& bad : {""s, "a\tb"s, "a\x7f"s, "\xc2\x80"s, "\xc2\x9f"s, "a\0"s, std::string(256, 't')}) {
        SCOPED_TRACE(bad);
        expect_error(errc::invalid_name, [&] { check_event_type(bad); });
    }
    expect_error(errc::invalid_utf8, [] { check_event_type("\xff"); });
}

TEST(names, a_store_name_is_never_a_path_or_a_uri) {
    for (const auto& good : {"bank.store"s, "0"s, "A-b_c.d"s, std::string(64, 's')}) {
        SCOPED_TRACE(good);
        EXPECT_NO_THROW(check_store_name(good));
    }
    for (const auto& bad : {""s, "."s, ".."s, ".hidden"s, "-x"s, "_x"s, "a/b"s, "file:x?mode=memory"s, "a b"s,
                            "\xc3\xa4"s, std::string(65, 's')}) {
        SCOPED_TRACE(bad);
        expect_error(errc::invalid_name, [&] { check_store_name(bad); });
    }
}

TEST(names, a_refusal_says_the_rule_and_shows_no_control_characters) {
    const auto text = expect_error(errc::invalid_name, [] { check_category("Account\x1b[2J"); });
    EXPECT_NE(text.find("category \"Account?[2J\""), std::string::npos) << text;
    EXPECT_NE(text.find("lower-case"), std::string::npos) << text;
}

TEST(names, a_stream_is_category_and_key_divided_by_the_first_dash) {
    const auto stream = stream_id::parse("account-{b1}/al-ice");
    EXPECT_EQ(stream.category(), "account");
    EXPECT_EQ(stream.key(), "{b1}/al-ice");
    EXPECT_EQ(to_string(stream), "account-{b1}/al-ice");
    for (const auto* bad : {"account", "-alice", "account-", "Account-alice", ""}) {
        SCOPED_TRACE(bad);
        expect_error(errc::invalid_name, [&] { (void)stream_id::parse(bad); });
    }
}

TEST(names, the_routing_key_stands_between_the_first_braces) {
    EXPECT_EQ(routing_key("alice"), "alice");
    EXPECT_EQ(routing_key("{b1}/alice"), "b1");
    EXPECT_EQ(routing_key("x{b1}{b2}"), "b1");
    EXPECT_EQ(routing_key("{}/alice"), "{}/alice") << "an empty one decides nothing";
    EXPECT_EQ(routing_key("{}{b2}"), "{}{b2}") << "only the first brace counts";
    EXPECT_EQ(routing_key("{alice"), "{alice");
    EXPECT_EQ(routing_key("}a{b}"), "b");
    EXPECT_EQ(routing_key("{a{b}"), "a{b");
}

TEST(utf8, has_no_surrogates_overlong_forms_or_values_out_of_range) {
    for (const auto& good : {""s, "abc"s, "\0"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
                             "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const auto& bad : {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x41"s, "\xe0\x9f\xbf"s,
                            "\xe1\x80"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf0\x8f\xbf\xbf"s, "\xf0\x90\x80"s,
                            "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s, "\xfe"s, "a\xe2\x82"s}) {
        EXPECT_FALSE(is_utf8(bad)) << ::testing::PrintToString(bad);
    }
}

}  // namespace names_test
