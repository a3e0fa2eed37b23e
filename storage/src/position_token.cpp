#include "leftfold/storage/position_token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

namespace {

/// What the longest token needs: an id, an epoch, and places_max places.
constexpr std::size_t text_bytes_max = 36 + 20 + position_token::places_max * 31;

[[noreturn]] void refuse_token(std::string_view text) {
    // It came from outside: of something long only the beginning is shown.
    constexpr std::size_t shown = 80;
    throw error(errc::invalid_argument,
                fmt::format("reading \"{}{}\" as a position token, store.epoch.partition:offset", text.substr(0, shown),
                            text.size() > shown ? "…" : ""));
}

/// Cuts the part before the next full stop off, or all that is left.
std::string_view next_part(std::string_view& rest) {
    const auto end = std::min(rest.find('.'), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// Reads what begins like a number; whether that is all, parse_position_token sees when it writes it again.
store_epoch read_epoch(std::string_view text) {
    store_epoch::rep number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return store_epoch(std::max<store_epoch::rep>(number, 0));
}

/// Adds a place, or moves that of its partition forward. Keeps the order.
void include(std::vector<position>& places, position where) {
    const auto at = std::lower_bound(places.begin(), places.end(), where,
                                     [](const position& a, const position& b) { return a.partition < b.partition; });
    if (at == places.end() || at->partition != where.partition)
        places.insert(at, where);
    else
        at->at = std::max(at->at, where.at);
}

}  // namespace

position_token::position_token(const event_store& store, position where)
    : store_(store.id()), epoch_(store.epoch()), places_{where} {}

void position_token::add(const position_token& other) {
    if (other.store_ != store_ || other.epoch_ != epoch_)
        throw error(errc::stale_model, fmt::format("adding token {} to token {}", to_string(other), to_string(*this)));
    auto both = places_;
    for (const auto& each : other.places_) include(both, each);
    if (both.size() > places_max)
        throw error(errc::invalid_argument,
                    fmt::format("naming {} partitions in one token, which holds {} at most", both.size(), places_max));
    places_ = std::move(both);
}

cut position_token::in(store_id store, store_epoch epoch, std::uint32_t partitions) const {
    if (store != store_ || epoch != epoch_)
        throw error(errc::stale_model, fmt::format("waiting for token {} in store {} of epoch {}", to_string(*this),
                                                   to_string(store), epoch.value()));
    cut where(partitions);
    for (const auto& each : places_) {
        if (each.partition.value() >= partitions)
            throw error(errc::invalid_argument,
                        fmt::format("waiting for token {}: the store has {} partitions", to_string(*this), partitions));
        where.set(each.partition, each.at);
    }
    return where;
}

std::string to_string(const position_token& token) {
    auto text = fmt::format("{}.{}", to_string(token.store()), token.epoch().value());
    for (const auto& each : token.places()) text += "." + to_string(each);
    return text;
}

position_token parse_position_token(std::string_view text) {
    if (text.size() > text_bytes_max) refuse_token(text);
    position_token token;
    try {
        auto rest = text;
        token.store_ = parse_event_id(next_part(rest));
        token.epoch_ = read_epoch(next_part(rest));
        while (!rest.empty()) token.places_.push_back(parse_position(next_part(rest)));
    } catch (const error&) {
        refuse_token(text);
    }
    const auto out_of_order = [](const position& a, const position& b) { return a.partition >= b.partition; };
    const auto& places = token.places_;
    const bool ordered = std::adjacent_find(places.begin(), places.end(), out_of_order) == places.end();
    if (places.empty() || places.size() > position_token::places_max || !ordered || to_string(token) != text)
        refuse_token(text);
    return token;
}

}  // namespace leftfold::inline v0
