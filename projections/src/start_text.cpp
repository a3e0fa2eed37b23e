#include "leftfold/projections/start_text.hpp"

#include <fmt/format.h>

#include <charconv>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

struct writer {
    std::string operator()(start_at::first) const { return "earliest"; }
    std::string operator()(start_at::end) const { return "latest"; }
    std::string operator()(const cut& where) const { return "after:" + to_string(where); }
    std::string operator()(position first) const { return "event:" + to_string(first); }
    std::string operator()(recorded_at from) const { return "time:" + to_rfc3339(from.time()); }
    std::string operator()(std::chrono::microseconds back) const { return fmt::format("ago:{}", back.count()); }
};

start_at parse_place(std::string_view text) {
    if (text == "earliest") return start_at::earliest();
    if (text == "latest") return start_at::latest();
    if (text.starts_with("after:")) return start_at::after(parse_cut(text.substr(6)));
    if (text.starts_with("event:")) return start_at::event(parse_position(text.substr(6)));
    if (text.starts_with("time:")) return start_at::time(recorded_at(parse_time(text.substr(5))));
    if (text.starts_with("ago:")) {
        std::int64_t us = 0;
        const auto* const end = text.data() + text.size();
        const auto read = std::from_chars(text.data() + 4, end, us);
        if (read.ec == std::errc() && read.ptr == end) return start_at::ago(std::chrono::microseconds(us));
    }
    throw error(errc::invalid_argument, fmt::format("reading \"{}\" as a place where a projection begins", text));
}

}  // namespace

std::string to_string(const start_at& start) {
    auto text = std::visit(writer{}, start.place());
    if (start.store()) text += "@" + to_string(*start.store());
    if (start.takes_nearest()) text += "~";
    return text;
}

start_at parse_start(std::string_view text) {
    const bool nearest = text.ends_with('~');
    if (nearest) text.remove_suffix(1);
    std::optional<event_id> store;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        store = parse_event_id(text.substr(at + 1));
        text = text.substr(0, at);
    }
    auto made = parse_place(text);
    if (store) made = made.of(*store);
    return nearest ? made.or_nearest() : made;
}

}  // namespace leftfold::inline v0
