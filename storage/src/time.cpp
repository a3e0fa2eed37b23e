#include "leftfold/storage/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

using std::chrono::microseconds;

// The first and the last microsecond of the years that RFC 3339 can write.
constexpr auto first_written = instant{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
constexpr auto last_written = instant{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} - microseconds{1};

/// Reads a text from its start to its end. Each function takes what it names, or says that something else stands there.
class scanner {
public:
    explicit scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }

    bool take(char either, char other) {
        if (rest_.empty() || (rest_.front() != either && rest_.front() != other)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take(char expected) { return take(expected, expected); }

    /// Takes exactly so many digits.
    std::optional<int> number(std::size_t digits) {
        if (rest_.size() < digits) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(rest_[i])) return std::nullopt;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

    /// Takes one or more digits as the fraction of a second. Those after the sixth are dropped.
    std::optional<microseconds> fraction() {
        if (rest_.empty() || !is_digit(rest_.front())) return std::nullopt;
        std::int64_t value = 0;
        for (std::int64_t weight = 100'000; !rest_.empty() && is_digit(rest_.front()); weight /= 10) {
            value += weight * (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return microseconds{value};
    }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string_view rest_;
};

std::optional<instant> read_date(scanner& text) {
    const auto year = text.number(4);
    if (!year || !text.take('-')) return std::nullopt;
    const auto month = text.number(2);
    if (!month || !text.take('-')) return std::nullopt;
    const auto day = text.number(2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return instant{std::chrono::sys_days{date}};
}

/// Reads hh:mm, which both a time of day and an offset begin with.
std::optional<std::chrono::minutes> read_minutes(scanner& text) {
    const auto hour = text.number(2);
    if (!hour || *hour > 23 || !text.take(':')) return std::nullopt;
    const auto minute = text.number(2);
    if (!minute || *minute > 59) return std::nullopt;
    return std::chrono::hours{*hour} + std::chrono::minutes{*minute};
}

std::optional<microseconds> read_time_of_day(scanner& text) {
    const auto minutes = read_minutes(text);
    if (!minutes || !text.take(':')) return std::nullopt;
    const auto second = text.number(2);
    if (!second || *second > 59) return std::nullopt;  // a leap second has no instant of its own here
    microseconds time = *minutes + std::chrono::seconds{*second};
    if (text.take('.')) {
        const auto fraction = text.fraction();
        if (!fraction) return std::nullopt;
        time += *fraction;
    }
    return time;
}

/// Reads how far local time is ahead of UTC.
std::optional<std::chrono::minutes> read_offset(scanner& text) {
    if (text.take('Z', 'z')) return std::chrono::minutes{0};
    const bool ahead = text.take('+');
    if (!ahead && !text.take('-')) return std::nullopt;
    const auto minutes = read_minutes(text);
    if (!minutes) return std::nullopt;
    return ahead ? *minutes : -*minutes;
}

std::optional<instant> read_rfc3339(std::string_view whole) {
    scanner text(whole);
    const auto date = read_date(text);
    if (!date || text.at_end()) return date;
    if (!text.take('T', 't')) return std::nullopt;
    const auto time = read_time_of_day(text);
    if (!time) return std::nullopt;
    const auto ahead = read_offset(text);
    if (!ahead || !text.at_end()) return std::nullopt;
    return *date + *time - *ahead;
}

/// Reads a plain number of microseconds, which stands only for what RFC 3339 cannot write. A number of any other size
/// is more likely a date without dashes, or seconds, than what it says.
std::optional<instant> read_micros(std::string_view text) {
    std::int64_t us{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, us);
    if (failure != std::errc{} || stopped != end) return std::nullopt;
    const instant when{microseconds{us}};
    if (when >= first_written && when <= last_written) return std::nullopt;
    return when;
}

}  // namespace

std::string to_rfc3339(instant when) {
    if (when < first_written || when > last_written) return std::to_string(when.time_since_epoch().count());
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{when - day};
    std::array<char, 64> text{};
    auto used = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                              static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                              static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                              static_cast<int>(time.seconds().count()));
    std::string written(text.data(), static_cast<std::size_t>(used));
    if (const auto us = time.subseconds().count(); us != 0) {
        used = std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(us));
        written.append(text.data(), static_cast<std::size_t>(used));
    }
    return written + "Z";
}

instant parse_time(std::string_view text) {
    if (const auto when = read_rfc3339(text)) return *when;
    if (const auto when = read_micros(text)) return *when;
    throw error(errc::invalid_argument,
                "reading \"" + std::string(text) + "\" as a time, 2026-03-15T10:00:00Z or 2026-03-15");
}

}  // namespace leftfold::inline v0
