#include "simulation/request.hpp"

#include <charconv>

namespace leftfold::simulation {

namespace {

constexpr std::string_view beginning = "{\"request\":";
constexpr std::string_view answer_beginning = "{\"answers\":";

// The number and the part stand in the id, so that it is unique and the same at each attempt.
event_id id_of(std::int64_t number, std::size_t part) {
    event_id id;
    for (std::size_t i = 0; i != 8; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * i));
        id.bytes[8 + i] = static_cast<std::uint8_t>((part + 1) >> (8 * i));
    }
    return id;
}

std::int64_t number_after(std::string_view start, std::string_view payload) {
    if (!payload.starts_with(start)) return -1;
    std::int64_t number = -1;
    std::from_chars(payload.data() + start.size(), payload.data() + payload.size(), number);
    return number;
}

// Mostly small; now and then one that spills over a page, or several.
std::size_t draw_bytes(chance& luck) {
    if (luck.one_in(50)) return static_cast<std::size_t>(luck.between(4'000, 20'000));
    return static_cast<std::size_t>(luck.between(30, 300));
}

stream_append draw_stream(std::int64_t number, stream_id to, std::size_t first_part, chance& luck) {
    stream_append made{std::move(to), expected_version::any(), {}};
    const auto count = luck.one_in(4) ? static_cast<std::size_t>(luck.between(2, 6)) : 1;
    for (std::size_t part = first_part; part != first_part + count; ++part) {
        auto payload =
            std::string(beginning) + std::to_string(number) + ",\"part\":" + std::to_string(part) + ",\"filler\":\"";
        payload.append(draw_bytes(luck), static_cast<char>('a' + number % 26)).append("\"}");
        auto& event = made.events.emplace_back("test.happened", std::move(payload));
        if (luck.one_in(8)) event.metadata.add("actor", "client " + std::to_string(number % 7));
        if (luck.one_in(8)) event.occurred = occurred_at::from_micros(1'700'000'000'000'000 + number);
    }
    return made;
}

}  // namespace

request draw_request(std::int64_t number, const stream_names& names, chance& luck) {
    request made;
    const auto owner = luck.below(names.accounts);
    made.streams.push_back(draw_stream(number, names.account(owner), 0, luck));
    if (luck.one_in(10))
        made.streams.push_back(draw_stream(number, names.ledger(owner), made.streams.front().events.size(), luck));
    made.has_ids = !luck.one_in(5);
    std::size_t part = 0;
    for (auto& stream : made.streams)
        for (auto& event : stream.events) {
            if (made.has_ids) event.id = id_of(number, part);
            ++part;
        }
    made.events = part;
    return made;
}

std::int64_t request_number(std::string_view payload) { return number_after(beginning, payload); }

std::int64_t answered_number(std::string_view payload) { return number_after(answer_beginning, payload); }

}  // namespace leftfold::simulation
