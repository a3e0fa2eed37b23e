#include "leftfold/storage/asked_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view ending = " ago";
// More of any unit than that lies before the year 0 anyway, and far more would not fit.
constexpr std::int64_t count_max = 100'000'000'000;
constexpr auto earliest = instant{sys_days{std::chrono::year{0} / 1 / 1}};

struct unit {
    std::string_view name;
    std::string_view brief;
    microseconds length;  // 0: by the calendar
    months by_calendar;
};

constexpr std::array<unit, 7> units{{{"second", "s", 1s, months{0}},
                                     {"minute", "min", 1min, months{0}},
                                     {"hour", "h", 1h, months{0}},
                                     {"day", "d", 24h, months{0}},
                                     {"week", "w", 168h, months{0}},
                                     {"month", "", 0s, months{1}},
                                     {"year", "", 0s, months{12}}}};

const unit* find_unit(std::string_view word) {
    const auto* const found = std::ranges::find_if(units, [&](const unit& each) {
        return word == each.name || (word.ends_with('s') && word.substr(0, word.size() - 1) == each.name) ||
               (!each.brief.empty() && word == each.brief);
    });
    return found == units.end() ? nullptr : found;
}

/// Takes the number, or the article, that the text begins with, and the space behind it.
std::optional<std::int64_t> take_count(std::string_view& text) {
    for (const std::string_view article : {"a ", "an "}) {
        if (!text.starts_with(article)) continue;
        text.remove_prefix(article.size());
        return 1;
    }
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure != std::errc() || count < 0 || count > count_max) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    return count;
}

std::optional<instant> months_before(instant when, std::int64_t count) {
    constexpr std::int64_t months_max = 12 * 20'000;  // what std::chrono::year holds, and more than anybody stored
    if (count > months_max) return std::nullopt;
    const auto day = std::chrono::floor<std::chrono::days>(when);
    auto date = year_month_day{day} - months{static_cast<int>(count)};
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return instant{sys_days{date}} + (when - day);
}

std::optional<instant> before(instant when, std::int64_t count, const unit& of) {
    if (of.length == 0s) return months_before(when, count * of.by_calendar.count());
    if (count > (when - earliest) / of.length) return std::nullopt;
    return when - count * of.length;
}

std::optional<instant> read(std::string_view text, instant now) {
    const auto today = instant{std::chrono::floor<std::chrono::days>(now)};
    if (text == "now") return now;
    if (text == "today") return today;
    if (text == "yesterday") return today - 24h;
    if (!text.ends_with(ending)) return std::nullopt;
    text.remove_suffix(ending.size());
    const auto count = take_count(text);
    const auto* const of = count ? find_unit(text) : nullptr;
    const auto found = of != nullptr ? before(now, *count, *of) : std::nullopt;
    return found && *found >= earliest ? found : std::nullopt;
}

}  // namespace

instant parse_asked_time(std::string_view text, instant now) {
    if (const auto found = read(text, now)) return *found;
    try {
        return parse_time(text);
    } catch (const error& e) {
        throw error(e.kind(), "reading \"" + std::string(text) +
                                  "\" as a time: 2026-03-15T10:00:00Z, 2026-03-15, today, or 2 hours ago");
    }
}

}  // namespace leftfold::inline v0
