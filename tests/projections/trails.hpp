#pragma once
// Notes that leave a trail for each stream: rows that come out otherwise when the events of one stream come in another
// order, or twice, or not at all.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/event_store.hpp"

namespace trails {

struct noted {
    static constexpr auto event_type = "trails.noted";
    std::int64_t number{};
    std::string also;  // a row that the event removes besides
};
BOOST_DESCRIBE_STRUCT(noted, (), (number, also))

struct trail {
    std::string of;
    std::int64_t events{};
    std::int64_t sum{};
};
BOOST_DESCRIBE_STRUCT(trail, (), (of, events, sum))

/// What somebody who wants to be in the middle of an event calls.
inline void (*in_event)() = nullptr;

/// A row for the stream, and up to three that come and go, whose keys have the stream's routing key.
template <leftfold::order Order>
class model : public leftfold::projection<model<Order>, noted> {
public:
    static constexpr auto projection_name = "trails";
    static constexpr auto order = Order;
    leftfold::table<trail, &trail::of> rows{*this, "trails", {.history = true}};

    void on(const noted& e, const leftfold::recorded& at) {
        if (in_event != nullptr) in_event();
        if (!e.also.empty()) rows.erase(e.also);
        auto whole = rows.find(at.key()).value_or(trail{at.key(), 0, 0});
        if (leftfold::version(++whole.events) != at.version()) throw std::runtime_error("an event is not in order");
        whole.sum = (31 * whole.sum + e.number) % 1'000'003;
        rows.put(whole);
        const auto part = "{" + at.key() + "}/" + std::to_string(e.number % 3);
        if (e.number % 5 == 0) {
            rows.erase(part);
        } else if (!rows.update(part, [&](trail& row) { row.sum = 7 * row.sum + e.number % 9, ++row.events; })) {
            rows.insert({part, 1, e.number});
        }
    }
};
using in_lanes = model<leftfold::order::per_partition>;
using by_log = model<leftfold::order::log>;

inline leftfold::appended append(leftfold::event_store& store, const std::string& key, const noted& event) {
    leftfold::event_data data;
    data.type = noted::event_type;
    leftfold::encode(event, data.payload);
    return store.append({"trail", key}, leftfold::expected_version::any(), {data}).value();
}

/// Some events for each of some streams.
inline void fill(leftfold::event_store& store, int events, int streams = 11) {
    for (int i = 0; i != events; ++i) append(store, "s" + std::to_string(i * i % streams), {i, ""});
}

}  // namespace trails
