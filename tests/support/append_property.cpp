#include <algorithm>
#include <map>
#include <variant>

#include "support/property.hpp"
#include "support/property_store.hpp"
#include "support/store_properties.hpp"

namespace leftfold::test_support {

namespace {

/// How an append must end.
struct appends {
    std::vector<version> versions{};
    bool repeated = false;
};
struct conflicts {
    stream_id stream;
    version actual;
};
struct fails {
    std::vector<errc> with;  ///< any of these
};
using ending = std::variant<appends, conflicts, fails>;

/// A store in a few lines: streams are lists, and ids are looked up in a map.
class model {
public:
    struct event {
        std::string type;
        std::string payload;
        event_id id;
    };
    struct place {
        stream_id stream;
        version at;
        offset where;
    };

    ending expect(const std::vector<stream_append>& parts) const {
        if (const auto known = look_up(parts)) return *known;
        appends done;
        for (const auto& part : parts) {
            const auto actual = head(part.stream);
            if (!part.expected.holds_for(actual)) return conflicts{part.stream, actual};
            done.versions.push_back(actual.plus(static_cast<std::int64_t>(part.events.size())));
        }
        return done;
    }

    void store(const std::vector<stream_append>& parts, offset first) {
        for (const auto& part : parts) {
            auto& events = streams_[part.stream];
            for (const auto& given : part.events) {
                events.push_back({given.type, given.payload, given.id});
                if (!given.id.is_nil()) ids_[given.id] = {part.stream, head(part.stream), first};
                first = first.next();
            }
        }
    }

    version head(const stream_id& stream) const {
        const auto found = streams_.find(stream);
        return version(found == streams_.end() ? 0 : static_cast<std::int64_t>(found->second.size()));
    }
    const std::map<stream_id, std::vector<event>>& streams() const { return streams_; }

private:
    std::optional<ending> look_up(const std::vector<stream_append>& parts) const {
        std::size_t events = 0;
        std::size_t known = 0;
        bool other = false;
        std::map<event_id, int> uses;
        std::vector<offset> places;
        appends first{.repeated = true};
        for (const auto& part : parts) {
            for (const auto& given : part.events) {
                ++events;
                if (given.id.is_nil()) continue;
                if (++uses[given.id] > 1) return fails{{errc::id_reused}};
                const auto found = ids_.find(given.id);
                if (found == ids_.end()) continue;
                ++known;
                places.push_back(found->second.where);
                const auto& stored =
                    streams_.at(found->second.stream)[static_cast<std::size_t>(found->second.at.value() - 1)];
                if (found->second.stream != part.stream || stored.type != given.type || stored.payload != given.payload)
                    other = true;
                if (&given == &part.events.back()) first.versions.push_back(found->second.at);
            }
        }
        if (known == 0) return std::nullopt;
        std::vector<errc> possible;
        if (other) possible.push_back(errc::id_reused);
        if (known != events) possible.push_back(errc::partial_duplicate);
        for (std::size_t i = 1; i < places.size(); ++i) {
            if (places[i] != places[i - 1].next()) possible.push_back(errc::id_reused);
        }
        if (known != events && !other) possible = {errc::partial_duplicate};
        if (!possible.empty()) return fails{possible};
        return first;
    }

    std::map<stream_id, std::vector<event>> streams_;
    std::map<event_id, place> ids_;
};

/// Draws an append to one stream, or to two that share a routing key.
std::vector<stream_append> draw_append(dice& roll, const property_store& store, const model& known) {
    const auto route = roll.roll(2);
    const auto routing = "{" + store.name("r" + std::to_string(route)) + "}";
    const bool with_ids = roll.roll(2) == 0;
    std::vector<stream_append> parts;
    const auto first = roll.roll(2);
    const auto count = roll.roll(4) == 0 ? 2U : 1U;
    for (std::size_t i = 0; i < count; ++i) {
        const stream_id stream("model", routing + std::to_string((first + i) % 2));
        const auto head = known.head(stream);
        const std::vector<expected_version> expectations{
            expected_version::any(),    expected_version::any(),         expected_version::none(),
            expected_version::exists(), expected_version::exactly(head), expected_version::exactly(head.next()),
        };
        std::vector<event_data> events;
        for (auto left = 1 + roll.roll(3); left > 0; --left) {
            events.emplace_back("model.happened", std::to_string(roll.roll(2)));
            // Out of so few ids that they meet again.
            if (with_ids && roll.roll(8) != 0) {
                events.back().id = derive_event_id(store.name(std::to_string(route) + std::to_string(roll.roll(6))));
            }
        }
        parts.emplace_back(stream, roll.pick(expectations), std::move(events));
    }
    return parts;
}

/// How often appends ended in each way: a property of which some never happens proves less than it says.
struct tally {
    int appended = 0;
    int repeated = 0;
    int refused = 0;
    int failed = 0;
};

void check_append(event_store& store, model& known, const std::vector<stream_append>& parts, tally& counts) {
    const auto expected = known.expect(parts);
    try {
        const auto result = store.append(parts);
        if (const auto* lost = std::get_if<conflicts>(&expected)) {
            ++counts.refused;
            RC_ASSERT(!result);
            RC_ASSERT(result.error().stream == lost->stream);
            RC_ASSERT(result.error().actual == lost->actual);
            return;
        }
        const auto* done = std::get_if<appends>(&expected);
        RC_ASSERT(std::holds_alternative<appends>(expected));
        RC_ASSERT(result.has_value());
        RC_ASSERT(result->versions == done->versions);
        RC_ASSERT(result->repeated == done->repeated);
        ++(result->repeated ? counts.repeated : counts.appended);
        if (!result->repeated) known.store(parts, result->first);
    } catch (const error& thrown) {
        const auto* failed = std::get_if<fails>(&expected);
        ++counts.failed;
        RC_ASSERT(std::holds_alternative<fails>(expected));
        RC_ASSERT(std::ranges::find(failed->with, thrown.kind()) != failed->with.end());
    }
}

}  // namespace

void check_appends_against_a_model(const testing::engine_maker& maker) {
    property_store store(maker);
    tally counts;
    const bool held =
        check_property("appends end as the model says", cases_per_property, [&](std::vector<dice>& steps) {
            store.begin_case();
            model known;
            std::vector<std::vector<stream_append>> sent;
            for (auto& roll : steps) {
                // One append in four is one of before, sent again as after a lost answer.
                const bool again = !sent.empty() && roll.roll(4) == 0;
                sent.push_back(again ? roll.pick(sent) : draw_append(roll, store, known));
                check_append(*store, known, sent.back(), counts);
            }
            for (const auto& [stream, events] : known.streams()) {
                const auto stored = store->read_stream(stream);
                RC_ASSERT(stored.size() == events.size());
                for (std::size_t i = 0; i < stored.size(); ++i) {
                    RC_ASSERT(stored[i].version == version(static_cast<std::int64_t>(i) + 1));
                    RC_ASSERT(stored[i].payload == events[i].payload);
                    RC_ASSERT(events[i].id.is_nil() || stored[i].id == events[i].id);
                }
            }
        });
    if (!held) return;
    std::cout << counts.appended << " appended, " << counts.repeated << " repeated, " << counts.refused
              << " conflicts, " << counts.failed << " errors\n";
    for (const auto count : {counts.appended, counts.repeated, counts.refused, counts.failed}) EXPECT_GT(count, 1'000);
}

}  // namespace leftfold::test_support
