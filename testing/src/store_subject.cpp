#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

std::vector<event_data> numbered(int count, int first) {
    std::vector<event_data> events;
    for (int i = first; i < first + count; ++i) {
        events.emplace_back("test.counted", "{\"n\":" + std::to_string(i) + "}");
    }
    return events;
}

event_data known_as(std::string_view name, std::string payload) {
    return event_data("test.happened", std::move(payload), {}, {}, derive_event_id(name));
}

appended must_append(event_store& store, const stream_id& stream, std::vector<event_data> events,
                     expected_version expected) {
    auto result = store.append(stream, expected, std::move(events));
    if (!result) {
        fail("an append to " + to_string(stream) + " that expected " + to_string(expected) +
             " was refused; the stream was said to have version " + show(result.error().actual));
    }
    return std::move(*result);
}

conflict must_conflict(append_result result) {
    expect(!result, "an append was stored although the stream was not as expected");
    return std::move(result).error();
}

std::vector<recorded_event> everything(event_store& store) {
    std::vector<recorded_event> events;
    for (std::uint32_t p = 0; p < store.partitions(); ++p) {
        for (auto& event : read_all_of(store.log(), partition_id(p))) events.push_back(std::move(event));
    }
    return events;
}

void expect_total(event_store& store, std::size_t events) {
    expect_equal("number of events in the store", everything(store).size(), events);
}

}  // namespace leftfold::inline v0::testing
