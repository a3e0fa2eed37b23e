#include "leftfold/projections/change_position.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

/// What the longest one needs: an id, three numbers and what divides them.
constexpr std::size_t position_bytes_max = 36 + 3 * 21;

/// Cuts the part before the next full stop off, or all that is left.
std::string_view next_dotted(std::string_view& rest) {
    const auto end = std::min(rest.find('.'), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// Reads what begins like a number; whether that is all, parse_change_position sees when it writes it again.
template <class Number>
Number number_in(std::string_view text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

std::string to_string(const change_position& where) {
    return fmt::format("{}.{}.{}.{}", to_string(where.store), where.epoch.value(), where.at.micros(), where.row);
}

change_position parse_change_position(std::string_view text) {
    try {
        if (text.size() <= position_bytes_max) {
            auto rest = text;
            change_position read;
            read.store = parse_event_id(next_dotted(rest));
            read.epoch = store_epoch(number_in<store_epoch::rep>(next_dotted(rest)));
            read.at = recorded_at::from_micros(number_in<std::int64_t>(next_dotted(rest)));
            read.row = number_in<std::size_t>(next_dotted(rest));
            if (to_string(read) == text) return read;
        }
    } catch (const error&) {  // its store is no id: as below
    }
    // It came from outside: of something long only the beginning is shown.
    constexpr std::size_t shown = 80;
    throw error(errc::invalid_argument, fmt::format("reading \"{}{}\" as a place among changes, store.epoch.time.row",
                                                    text.substr(0, shown), text.size() > shown ? "…" : ""));
}

}  // namespace leftfold::inline v0
