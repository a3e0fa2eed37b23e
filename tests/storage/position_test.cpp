#include "leftfold/storage/position.hpp"

#include "storage/expect_error.hpp"

namespace position_test {

using namespace leftfold;

TEST(position, is_written_as_it_is_read) {
    const position where{partition_id{3}, offset{812}};
    EXPECT_EQ(to_string(where), "3:812");
    EXPECT_EQ(parse_position("3:812"), where);
    EXPECT_EQ(parse_position("0:0"), position{});
    EXPECT_EQ(parse_position("4294967295:9223372036854775807"),
              (position{partition_id{4294967295U}, offset{9223372036854775807}}));
}

TEST(position, anything_else_is_refused) {
    for (const auto* text : {"", ":", "3", "3:", ":8", "-1:8", "3:-8", "+3:8", " 3:8", "3:8 ", "3:8:1", "a:b",
                             "4294967296:1", "0:9223372036854775808", "0x1:2"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, [&] { (void)parse_position(text); });
    }
}

TEST(cut, is_written_as_it_is_read) {
    const cut where({offset{812}, offset{0}, offset{97}});
    EXPECT_EQ(to_string(where), "812,0,97");
    EXPECT_EQ(parse_cut("812,0,97"), where);
    EXPECT_EQ(parse_cut("5"), cut({offset{5}}));
    EXPECT_EQ(parse_cut(to_string(cut{})), cut{});
    for (const auto* text : {",", "1,", ",1", "1,,2", "-1", "1, 2", "x"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, [&] { (void)parse_cut(text); });
    }
}

TEST(cut, covers_what_lies_at_or_below_it) {
    const cut where({offset{2}, offset{0}});
    EXPECT_TRUE(where.covers(position{partition_id{0}, offset{2}}));
    EXPECT_FALSE(where.covers(position{partition_id{0}, offset{3}}));
    EXPECT_FALSE(where.covers(position{partition_id{1}, offset{1}}));
    EXPECT_FALSE(where.covers(position{partition_id{7}, offset{1}}));
    EXPECT_TRUE(where.covers(cut(2)));
    EXPECT_TRUE(where.covers(where));
    EXPECT_FALSE(where.covers(cut({offset{2}, offset{1}})));
    EXPECT_FALSE(where.covers(cut({offset{0}, offset{0}, offset{1}}))) << "it says nothing of a third partition";
}

}  // namespace position_test
