#include "leftfold/storage/asked_time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "storage/expect_error.hpp"

namespace leftfold {
namespace asked_time_test {

const auto now = parse_time("2026-03-31T10:20:30.5Z");

std::string read(const std::string& text) { return to_rfc3339(parse_asked_time(text, now)); }

TEST(asked_time, reads_what_people_say) {
    EXPECT_EQ(read("now"), "2026-03-31T10:20:30.500000Z");
    EXPECT_EQ(read("today"), "2026-03-31T00:00:00Z");
    EXPECT_EQ(read("yesterday"), "2026-03-30T00:00:00Z");
    EXPECT_EQ(read("2 hours ago"), "2026-03-31T08:20:30.500000Z");
    EXPECT_EQ(read("an hour ago"), "2026-03-31T09:20:30.500000Z");
    EXPECT_EQ(read("2h ago"), "2026-03-31T08:20:30.500000Z");
    EXPECT_EQ(read("90 s ago"), "2026-03-31T10:19:00.500000Z");
    EXPECT_EQ(read("1 minute ago"), "2026-03-31T10:19:30.500000Z");
    EXPECT_EQ(read("10 days ago"), "2026-03-21T10:20:30.500000Z");
    EXPECT_EQ(read("a week ago"), "2026-03-24T10:20:30.500000Z");
    EXPECT_EQ(read("0 days ago"), read("now"));
}

TEST(asked_time, counts_months_and_years_by_the_calendar) {
    EXPECT_EQ(read("a month ago"), "2026-02-28T10:20:30.500000Z");
    EXPECT_EQ(read("3 months ago"), "2025-12-31T10:20:30.500000Z");
    EXPECT_EQ(read("a year ago"), "2025-03-31T10:20:30.500000Z");
    EXPECT_EQ(to_rfc3339(parse_asked_time("2 years ago", parse_time("2026-02-28"))), "2024-02-28T00:00:00Z");
}

TEST(asked_time, reads_what_parse_time_reads) {
    for (const std::string text : {"2026-03-15", "2026-03-15T10:00:00+01:00", "1969-12-31T23:59:59.000001Z"})
        EXPECT_EQ(parse_asked_time(text, now), parse_time(text)) << text;
}

TEST(asked_time, refuses_everything_else) {
    for (const std::string text : {"",
                                   " ",
                                   "ago",
                                   " ago",
                                   "2 ago",
                                   "hours ago",
                                   "-2 hours ago",
                                   "2 hours",
                                   "2  hours ago",
                                   "2 fortnights ago",
                                   "2hs ago",
                                   "tomorrow",
                                   "Now",
                                   "1.5 hours ago",
                                   "9 m ago",
                                   "3000 years ago",
                                   "99999999999 weeks ago",
                                   "99999999999 years ago",
                                   "99999999999999999999 seconds ago",
                                   "an  hour ago",
                                   "2 hours ago "})
        expect_error(errc::invalid_argument, [&] { (void)parse_asked_time(text, now); });
}

}  // namespace asked_time_test
}  // namespace leftfold
