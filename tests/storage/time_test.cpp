#include "leftfold/storage/time.hpp"

#include "storage/expect_error.hpp"

namespace time_test {

using namespace leftfold;
using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::sys_days;

constexpr instant midnight = sys_days{2026y / 3 / 15};
constexpr auto at(std::int64_t us) { return instant{microseconds{us}}; }

TEST(time_text, is_rfc_3339_in_utc) {
    EXPECT_EQ(to_rfc3339(midnight), "2026-03-15T00:00:00Z");
    EXPECT_EQ(to_rfc3339(midnight + 10h + 59min + 7s), "2026-03-15T10:59:07Z");
    EXPECT_EQ(to_rfc3339(midnight + 40us), "2026-03-15T00:00:00.000040Z");
    EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339(sys_days{0y / 1 / 1}), "0000-01-01T00:00:00Z");
}

TEST(time_text, of_years_that_rfc_3339_cannot_write_is_a_number) {
    EXPECT_EQ(to_rfc3339(at(253402300799999999)), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339(at(253402300800000000)), "253402300800000000");
    EXPECT_EQ(to_rfc3339(at(-62167219200000001)), "-62167219200000001");
    for (const auto us : {INT64_MIN, INT64_MAX, std::int64_t{253402300800000000}, std::int64_t{-62167219200000001}}) {
        EXPECT_EQ(parse_time(to_rfc3339(at(us))), at(us));
    }
}

TEST(time_text, reads_back_what_was_written) {
    for (std::int64_t us = -62167219200000000; us < 253402300799999999 - 9'000'000'000'000'007;
         us += 9'000'000'000'000'007) {
        EXPECT_EQ(parse_time(to_rfc3339(at(us))), at(us)) << us;
    }
}

TEST(time_text, a_bare_date_is_midnight_utc) { EXPECT_EQ(parse_time("2026-03-15"), midnight); }

TEST(time_text, takes_any_offset) {
    EXPECT_EQ(parse_time("2026-03-15T01:00:00+01:00"), midnight);
    EXPECT_EQ(parse_time("2026-03-14T18:30:00-05:30"), midnight);
    EXPECT_EQ(parse_time("2026-03-15T00:00:00-00:00"), midnight);
    EXPECT_EQ(parse_time("2026-03-15t00:00:00z"), midnight);
    EXPECT_EQ(parse_time("2026-03-15T23:59:00+23:59"), midnight);
}

TEST(time_text, cuts_digits_after_the_sixth_towards_the_past) {
    EXPECT_EQ(parse_time("2026-03-15T00:00:00.5Z"), midnight + 500ms);
    EXPECT_EQ(parse_time("2026-03-15T00:00:00.123456Z"), midnight + 123456us);
    EXPECT_EQ(parse_time("2026-03-15T00:00:00.1234569999Z"), midnight + 123456us);
    EXPECT_EQ(parse_time("1969-12-31T23:59:59.9999999Z"), at(-1));
}

TEST(time_text, knows_which_days_exist) {
    EXPECT_EQ(parse_time("2024-02-29"), instant{sys_days{2024y / 2 / 29}});
    for (const auto* text : {"2026-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00",
                             "2026-01-32", "1900-02-29"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, [&] { (void)parse_time(text); });
    }
}

TEST(time_text, anything_else_is_refused) {
    for (const auto* text : {"",
                             "2026",
                             "2026-03",
                             "2026-3-15",
                             "20260315",
                             "2026-03-15T",
                             "2026-03-15T10:00",
                             "2026-03-15T10:00Z",
                             "2026-03-15T10:00:00",
                             "2026-03-15 10:00:00Z",
                             "2026-03-15T24:00:00Z",
                             "2026-03-15T23:60:00Z",
                             "2026-03-15T23:59:60Z",
                             "2026-03-15T10:00:00.Z",
                             "2026-03-15T10:00:00,5Z",
                             "2026-03-15T10:00:00+1:00",
                             "2026-03-15T10:00:00+0100",
                             "2026-03-15T10:00:00+24:00",
                             "2026-03-15T10:00:00+01:60",
                             "2026-03-15Z",
                             "2026-03-15T10:00:00ZZ",
                             " 2026-03-15",
                             "2026-03-15 ",
                             "-2026-03-15",
                             "+2026-03-15",
                             "12026-03-15",
                             "1773568800",
                             "0",
                             "-0",
                             "now",
                             "2026-03-15T1a:00:00Z",
                             "9223372036854775808"}) {
        SCOPED_TRACE(text);
        expect_error(errc::invalid_argument, [&] { (void)parse_time(text); });
    }
}

TEST(time_axes, are_types_of_their_own) {
    static_assert(!std::is_convertible_v<recorded_at, occurred_at>);
    static_assert(!std::is_constructible_v<recorded_at, occurred_at>);
    static_assert(!std::is_convertible_v<instant, recorded_at>);
    EXPECT_EQ(recorded_at{sys_days{2026y / 3 / 15}}.micros(), 1773532800000000);
    EXPECT_EQ(recorded_at{std::chrono::sys_time<std::chrono::nanoseconds>{-1ns}}.micros(), -1) << "towards the past";
}

}  // namespace time_test
