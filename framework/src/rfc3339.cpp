#include "rfc3339.hpp"

#include <chrono>

namespace leftfold::inline v0::detail {
namespace {

// 0000-01-01T00:00:00Z and the second after 9999-12-31T23:59:59Z.
constexpr std::int64_t first_second = -62'167'219'200;
constexpr std::int64_t end_second = 253'402'300'800;

char* digits(char* at, unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
    return at + count;
}

/// Reads fixed-width fields from the front of a text; once one does not fit, so does nothing after it.
class fields {
public:
    explicit fields(std::string_view text) : rest_(text) {}

    unsigned number(std::size_t digits, unsigned max) {
        unsigned value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') return fail();
            value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value <= max ? value : fail();
    }
    bool next_is(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!next_is(c)) fail();
    }
    std::size_t digits_ahead() const {
        std::size_t count = 0;
        while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
        return count;
    }
    unsigned fail() {
        good_ = false;
        return 0;
    }
    bool is_complete() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::int32_t read_fraction(fields& in) {
    const std::size_t count = in.digits_ahead();
    if (count == 0 || count > 9) return static_cast<std::int32_t>(in.fail());
    unsigned value = in.number(count, 999'999'999);
    for (std::size_t i = count; i < 9; ++i) value *= 10;
    return static_cast<std::int32_t>(value);
}

std::int64_t read_offset(fields& in) {
    if (in.next_is('Z') || in.next_is('z')) return 0;
    const bool is_west = in.next_is('-');
    if (!is_west) in.expect('+');
    const std::int64_t hours = in.number(2, 23);
    in.expect(':');
    const std::int64_t seconds = hours * 3600 + in.number(2, 59) * 60;
    return is_west ? -seconds : seconds;
}

}  // namespace

char* write_rfc3339(utc_time when, char* at) {
    using namespace std::chrono;
    if (when.seconds < first_second || when.seconds >= end_second) return nullptr;
    const sys_seconds time{seconds{when.seconds}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const auto second_of_day = static_cast<unsigned>((time - day).count());
    at = digits(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *at++ = '-';
    at = digits(at, static_cast<unsigned>(date.month()), 2);
    *at++ = '-';
    at = digits(at, static_cast<unsigned>(date.day()), 2);
    *at++ = 'T';
    at = digits(at, second_of_day / 3600, 2);
    *at++ = ':';
    at = digits(at, second_of_day / 60 % 60, 2);
    *at++ = ':';
    at = digits(at, second_of_day % 60, 2);
    *at++ = '.';
    const auto fraction = static_cast<unsigned>(when.nanoseconds);
    at = fraction % 1000 == 0 ? digits(at, fraction / 1000, 6) : digits(at, fraction, 9);
    *at++ = 'Z';
    return at;
}

std::optional<utc_time> read_rfc3339(std::string_view text) {
    using namespace std::chrono;
    fields in{text};
    const auto y = year{static_cast<int>(in.number(4, 9999))};
    in.expect('-');
    const auto m = month{in.number(2, 12)};
    in.expect('-');
    const auto d = day{in.number(2, 31)};
    if (!in.next_is('T') && !in.next_is('t')) in.fail();
    const std::int64_t hours = in.number(2, 23);
    in.expect(':');
    const std::int64_t minutes = in.number(2, 59);
    in.expect(':');
    const std::int64_t seconds = in.number(2, 59);
    const std::int32_t fraction = in.next_is('.') ? read_fraction(in) : 0;
    const std::int64_t offset = read_offset(in);
    const year_month_day date{y, m, d};
    if (!in.is_complete() || !date.ok()) return std::nullopt;
    const std::int64_t days = sys_days{date}.time_since_epoch().count();
    return utc_time{days * 86'400 + hours * 3600 + minutes * 60 + seconds - offset, fraction};
}

}  // namespace leftfold::inline v0::detail
