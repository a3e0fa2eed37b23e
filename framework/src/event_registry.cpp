#include "leftfold/framework/event_registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"

namespace leftfold::inline v0 {
namespace {

// FNV-1a, 64 bits: fixed for ever, since its result is stored with snapshots.
std::uint64_t hash(std::uint64_t seed, std::string_view text) {
    for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return (seed ^ 0xffU) * 0x100000001b3ULL;  // a byte that no UTF-8 has ends each text
}

}  // namespace

event_registry& event_registry::rename(std::string old_name, std::string name) {
    check_event_type(name);
    for (const rule* next = find(name); next != nullptr && !next->now.empty(); next = find(next->now))
        if (next->now == old_name)
            throw error(errc::invalid_argument,
                        fmt::format("renaming {} to {}, which is renamed to {}", old_name, name, old_name));
    if (old_name == name) throw error(errc::invalid_argument, fmt::format("renaming {} to itself", name));
    std::string meaning = fmt::format("the old name of {}", name);
    claim({.name = std::move(old_name), .now = std::move(name), .meaning = std::move(meaning)});
    return *this;
}

event_registry& event_registry::upcast(std::string name, upcaster f) {
    claim({.name = std::move(name), .step = std::move(f), .meaning = "an event that is upcast"});
    return *this;
}

void event_registry::add_type(std::string_view name, const std::type_info& type, std::string_view cpp_name) {
    if (const rule* known = find(name); known != nullptr && known->type != nullptr && *known->type == type) return;
    claim({.name = std::string{name}, .meaning = fmt::format("the struct {}", cpp_name), .type = &type});
}

void event_registry::claim(rule made) {
    check_event_type(made.name);
    if (const rule* known = find(made.name))
        throw error(errc::name_collision, fmt::format("registering the event type {} as {}, while it is {}", made.name,
                                                      made.meaning, known->meaning));
    translates_ = translates_ || made.translates();
    const auto place = std::ranges::lower_bound(rules_, made.name, {}, &rule::name);
    rules_.insert(place, std::move(made));
}

const event_registry::rule* event_registry::find(std::string_view name) const {
    const auto place =
        std::ranges::lower_bound(rules_, name, {}, [](const rule& r) { return std::string_view{r.name}; });
    return place != rules_.end() && place->name == name ? &*place : nullptr;
}

void event_registry::translate(std::string_view type, std::string_view payload, taker take) const {
    if (translates_)
        step(type, payload, take, 0);
    else
        take(type, payload);
}

void event_registry::step(std::string_view type, std::string_view payload, taker take, int steps) const {
    const rule* known = find(type);
    if (known == nullptr || !known->translates()) return take(type, payload);
    if (steps == steps_max)
        throw error(errc::invalid_event, fmt::format("upcasting {}: more than {} steps", type, steps_max));
    if (!known->now.empty()) return step(known->now, payload, take, steps + 1);
    for (const raw_event& made : known->step({std::string{type}, std::string{payload}}))
        step(made.type, made.payload, take, steps + 1);
}

std::vector<std::string> event_registry::stored_names(const std::vector<std::string>& names) const {
    std::vector<std::string> stored = names;
    for (const rule& known : rules_) {
        std::string_view now = known.name;
        for (const rule* next = &known; next != nullptr && !next->now.empty(); next = find(now)) now = next->now;
        const rule* last = find(now);
        const bool is_upcast = last != nullptr && last->step != nullptr;
        if (is_upcast || std::ranges::find(names, now) != names.end()) stored.push_back(known.name);
    }
    std::sort(stored.begin(), stored.end());
    stored.erase(std::unique(stored.begin(), stored.end()), stored.end());
    return stored;
}

std::uint64_t event_registry::fingerprint() const {
    std::uint64_t all = 0xcbf29ce484222325ULL;
    for (const rule& known : rules_)
        if (known.translates()) all = hash(hash(all, known.name), known.now);
    return all;
}

}  // namespace leftfold::inline v0
