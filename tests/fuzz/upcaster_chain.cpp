// Any bytes, read as the rules of a registry, a stored event's name and its payload: translating it is refused by a
// typed error, or gives the same events of today each time, none of which has a rule left, each of which is asked for
// by a reader that wants it.
//
// A rule is two bytes: the name that it claims, `a` to `p`, and what becomes of it: renamed; one of the next name, or
// two; none; or, as structs, cents of euros. Then a zero, the event's name, and the payload.

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/storage/error.hpp"

namespace {

using leftfold::raw_event;

struct in_euros {
    static constexpr auto event_type = "q";
    std::int64_t euros{};
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(in_euros, (), (euros, note))

struct in_cents {
    static constexpr auto event_type = "r";
    double cents{};
    std::vector<std::string> notes;
};
BOOST_DESCRIBE_STRUCT(in_cents, (), (cents, notes))

/// What two bytes claim; 64 steps that give two events each are what nobody has the time for.
constexpr std::size_t rules_max = 12;
constexpr std::size_t payload_max = 1'000;

std::string name_of(unsigned char byte) { return {static_cast<char>('a' + byte % 18)}; }

void add_rule(leftfold::event_registry& to, unsigned char claimed, unsigned char what) {
    const auto name = name_of(claimed);
    const auto next = name_of(what / 5);
    switch (what % 5) {
        case 0:
            to.rename(name, next);
            break;
        case 1:
            to.upcast(name, [next](const raw_event& old) { return std::vector<raw_event>{{next, old.payload}}; });
            break;
        case 2:
            to.upcast(name, [next](const raw_event& old) {
                return std::vector<raw_event>{{next, old.payload}, {"r", old.payload}};
            });
            break;
        case 3:
            to.upcast(name, [](const raw_event&) { return std::vector<raw_event>{}; });
            break;
        default:
            to.upcast<in_euros>([](const in_euros& old) {
                std::vector<in_cents> made{{static_cast<double>(old.euros) * 100, {}}};
                if (old.note) made.front().notes.push_back(*old.note);
                return made;
            });
    }
}

std::vector<raw_event> translated(const leftfold::event_registry& by, const raw_event& stored) {
    std::vector<raw_event> made;
    by.translate(stored.type, stored.payload, [&](std::string_view type, std::string_view payload) {
        made.push_back({std::string(type), std::string(payload)});
    });
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    leftfold::event_registry events;
    events.add<in_cents>();
    for (std::size_t rules = 0; size >= 2 && data[0] != 0; data += 2, size -= 2) {
        if (++rules > rules_max) return 0;
        try {
            add_rule(events, data[0], data[1]);
        } catch (const leftfold::error& refused) {  // a name that is claimed already, or a circle of renames
            if (refused.kind() != leftfold::errc::name_collision && refused.kind() != leftfold::errc::invalid_argument)
                std::abort();
        }
    }
    if (size < 2 || size > payload_max) return 0;
    const raw_event stored{name_of(data[1]), {reinterpret_cast<const char*>(data) + 2, size - 2}};
    try {
        const auto today = translated(events, stored);
        if (translated(events, stored) != today) std::abort();
        for (const auto& event : today) {
            if (translated(events, event) != std::vector{event}) std::abort();
            const auto asked_for = events.stored_names({event.type});
            if (std::ranges::find(asked_for, stored.type) == asked_for.end()) std::abort();
        }
    } catch (const leftfold::decode_error&) {
        return 0;
    } catch (const leftfold::error& refused) {  // a circle
        if (refused.kind() != leftfold::errc::invalid_event) std::abort();
    }
    return 0;
}
