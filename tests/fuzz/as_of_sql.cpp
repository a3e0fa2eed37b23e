// Any value, given as the time to a read model's `…_as_of(time)` in SQL, and another as the key that is asked for: the
// function refuses the time by a typed error, or gives the rows as they stood then, by a naive fold.
//
// The first byte says how the time is given: `t` as text, `b` as bytes, `i` as the number that is spelled, `e` as that
// many microseconds after the first event, and anything else as nothing; after the first line comes the key.

#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "leftfold/framework/event_codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/sql_reader.hpp"
#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/moment.hpp"
#include "scratch.hpp"

namespace {

struct counted {
    static constexpr auto event_type = "fuzz.counted";
    std::int64_t by{};
};
BOOST_DESCRIBE_STRUCT(counted, (), (by))

struct tally {
    std::string thing;
    std::int64_t count{};
};
BOOST_DESCRIBE_STRUCT(tally, (), (thing, count))

/// How often a thing was counted; one that comes to zero is gone.
class tallies : public leftfold::projection<tallies, counted> {
public:
    static constexpr auto projection_name = "tallies";
    leftfold::table<tally, &tally::thing> rows{*this, "tallies", {.history = true}};
    void on(const counted& e, const leftfold::recorded& at) {
        if (!rows.find(at.key())) rows.insert({at.key(), 0});
        auto& row = rows.at(at.key());
        row.count += e.by;
        if (row.count == 0) rows.erase(at.key());
    }
};

using rows_then = std::map<std::string, std::int64_t>;

/// The two clocks, standing still.
class standing_clock final : public leftfold::clock_source {
public:
    std::int64_t wall_us() override { return now.time_since_epoch().count(); }
    std::int64_t elapsed_us() override { return 0; }

    static constexpr leftfold::instant now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 15}};
};

struct world {
    fuzz::scratch scratch;
    leftfold::event_store store =
        leftfold::open_memory({.partitions = 2, .store = {.world = {.clock = std::make_shared<standing_clock>()}}});
    /// What the rows were from each event's time on.
    std::map<leftfold::recorded_at, rows_then> rows{{leftfold::recorded_at::min(), {}}};
    std::optional<leftfold::sql_reader> read;

    world() {
        for (int i = 0; i != 24; ++i) count("thing " + std::to_string(i % 5), i % 7 == 6 ? -3 : i % 3);
        leftfold::projection_engine engine{store};
        engine.add<tallies>({.database = scratch / "views.db"});
        engine.catch_up();
        read.emplace(scratch / "views.db",
                     leftfold::sql_reader_options{.store = &store, .as_of_wait = std::chrono::milliseconds{0}});
    }

    void count(const std::string& thing, std::int64_t by) {
        const auto done =
            store.append({"thing", thing}, leftfold::expected_version::any(), {leftfold::to_event_data(counted{by})});
        auto now = rows.rbegin()->second;
        if ((now[thing] += by) == 0) now.erase(thing);
        rows.emplace(done.value().recorded, std::move(now));
    }
};

/// Asks for all rows and for one of them, and compares both with what they were `when`.
template <class Time>
void ask(world& at, const Time& as_given, const std::string& key, std::optional<leftfold::recorded_at> when) {
    rows_then all;
    for (const auto& [thing, count] :
         at.read->query<std::string, std::int64_t>("SELECT thing, count FROM tallies_as_of(?1)", as_given))
        all.emplace(thing, count);
    const auto one =
        at.read->query<std::int64_t>("SELECT count FROM tallies_as_of(?1) WHERE thing = ?2", as_given, key);
    if (!when) std::abort();  // what is no time was answered
    const auto& then = std::prev(at.rows.upper_bound(*when))->second;
    if (all != then || one.size() != then.count(key)) std::abort();
    if (!one.empty() && std::get<0>(one.front()) != then.at(key)) std::abort();
}

std::optional<leftfold::recorded_at> time_in(const std::string& text) {
    try {
        if (text.find('/') != std::string::npos) return leftfold::parse_moment(text).time();
        return leftfold::recorded_at(leftfold::parse_asked_time(text, standing_clock::now));
    } catch (const leftfold::error&) {
        return std::nullopt;
    }
}

std::int64_t number_in(const std::string& text) {
    std::int64_t read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    return read;
}

void ask(world& at, char how, const std::string& given, const std::string& key) {
    const auto first = std::next(at.rows.begin())->first;
    const auto* bytes = reinterpret_cast<const std::byte*>(given.data());
    switch (how) {
        case 't':
            return ask(at, given, key, time_in(given));
        case 'b':
            return ask(at, std::vector<std::byte>(bytes, bytes + given.size()), key, std::nullopt);
        case 'i':
            return ask(at, number_in(given), key, leftfold::recorded_at::from_micros(number_in(given)));
        case 'e': {
            const auto when = first.micros() + number_in(given) % 100;
            return ask(at, when, key, leftfold::recorded_at::from_micros(when));
        }
        default:
            return ask(at, std::optional<std::string>{}, key, std::nullopt);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static world at;
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto end = std::min(text.find('\n'), text.size());
    const auto key = end == text.size() ? std::string() : text.substr(end + 1);
    try {
        ask(at, static_cast<char>(data[0]), text.substr(0, end), key);
    } catch (const leftfold::error& refused) {
        switch (refused.kind()) {
            case leftfold::errc::invalid_argument:
            case leftfold::errc::not_yet:
            case leftfold::errc::before_history:
            case leftfold::errc::other_history:
                return 0;
            default:
                std::abort();
        }
    }
    return 0;
}
