#include "leftfold/storage/headers.hpp"

#include <vector>

#include "storage/expect_error.hpp"

namespace headers_test {

using namespace leftfold;
using namespace std::string_literals;
using namespace std::string_view_literals;

std::vector<headers_view::value_type> all(headers_view view) { return {view.begin(), view.end()}; }

TEST(headers, keep_their_order_and_their_duplicates) {
    headers made{{"b", "1"}, {"a", "2"}, {"b", "1"}};
    made.add("b", "");
    const std::vector<headers_view::value_type> expected{{"b", "1"}, {"a", "2"}, {"b", "1"}, {"b", ""}};
    EXPECT_EQ(all(made), expected);
    EXPECT_EQ(made.find("b"), "1");
    EXPECT_EQ(made.find("a"), "2");
    EXPECT_EQ(made.find("c"), std::nullopt);
    EXPECT_NE(made, (headers{{"b", "1"}, {"a", "2"}, {"b", "1"}}));
    EXPECT_NE((headers{{"a", "1"}, {"b", "2"}}), (headers{{"b", "2"}, {"a", "1"}})) << "order is part of them";
}

TEST(headers, are_stored_as_lengths_and_bytes) {
    const headers made{{"actor", "ann"}, {"x", ""}};
    EXPECT_EQ(made.encoded(), "\5\0\0\0\3\0\0\0actorann\1\0\0\0\0\0\0\0x"sv);
    EXPECT_EQ(all(headers_view(made.encoded())), all(made));
    EXPECT_EQ(headers(made.view()), made);
    EXPECT_TRUE(headers{}.encoded().empty());
    EXPECT_TRUE(headers{}.begin() == headers{}.end());
}

TEST(headers, values_hold_any_byte) {
    const auto value = "\0\xff\n\5\0\0\0"s;
    const headers made{{"raw", value}, {"after", "x"}};
    EXPECT_EQ(made.find("raw"), value);
    EXPECT_EQ(made.find("after"), "x");
}

TEST(headers, names_are_short_text) {
    headers made;
    expect_error(errc::invalid_name, [&] { made.add("", "x"); });
    expect_error(errc::invalid_name, [&] { made.add(std::string(256, 'n'), "x"); });
    expect_error(errc::invalid_name, [&] { made.add("caf\xe9", "x"); });
    expect_error(errc::invalid_name, [&] { made.add("actor\0s"s, "x"); });
    EXPECT_TRUE(made.empty()) << "what was refused left nothing";
    made.add(std::string(255, 'n'), "x");
    EXPECT_TRUE(made.view().is_well_formed());
}

TEST(headers, damaged_bytes_read_as_fewer_and_are_told) {
    const headers made{{"actor", "ann"}, {"x", "y"}};
    const std::string whole(made.encoded());
    EXPECT_TRUE(headers_view(whole).is_well_formed());
    for (std::size_t length = 1; length < whole.size(); ++length) {
        const headers_view cut_off{std::string_view(whole).substr(0, length)};
        EXPECT_EQ(cut_off.is_well_formed(), length == 16) << length;
        EXPECT_LE(all(cut_off).size(), 1U) << length;
    }
    auto huge = whole;
    huge.replace(0, 8, "\xff\xff\xff\xff\xff\xff\xff\xff");
    EXPECT_FALSE(headers_view(huge).is_well_formed());
    EXPECT_TRUE(all(headers_view(huge)).empty());
    auto nameless = whole;
    nameless.replace(0, 8, "\0\0\0\0\x8\0\0\0"sv);
    EXPECT_FALSE(headers_view(nameless).is_well_formed());
}

TEST(headers, the_content_type_is_json_unless_they_say_otherwise) {
    EXPECT_EQ(content_type(headers{}), "application/json");
    const headers text{{"content-type", "text/plain"}, {"content-type", "image/png"}};
    EXPECT_EQ(content_type(text), "text/plain");
}

}  // namespace headers_test
