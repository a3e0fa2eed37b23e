#include "chosen_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "leftfold/storage/error.hpp"
#include "merged_streams.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// With more streams than this, a pass over the envelopes is the lesser work.
constexpr std::size_t streams_max = 1'000;

void check_categories(const projection_type& type, const std::vector<std::string>& asked) {
    for (const auto& each : asked) {
        check_category(each);
        if (!type.categories.empty() && std::ranges::find(type.categories, each) == type.categories.end())
            throw error(errc::invalid_argument,
                        fmt::format("folding projection {} from category {}: it does not read it", type.name, each));
    }
}

void check_types(const projection_type& type, const std::vector<std::string>& asked) {
    for (const auto& each : asked)
        if (std::ranges::find(type.handlers, each, &event_handler::type) == type.handlers.end())
            throw error(
                errc::invalid_argument,
                fmt::format("folding projection {} from events of type {}: it has no `on` for them", type.name, each));
}

}  // namespace

chosen_events::chosen_events(const projection_base& of, const live_options& options)
    : filter_(projection_access::filter(of, options.events)),
      types_(options.types.begin(), options.types.end()),
      keys_(options.keys.begin(), options.keys.end()) {
    check_categories(projection_access::type(of), options.categories);
    check_types(projection_access::type(of), options.types);
    for (const auto& each : keys_) check_stream_key(each);
    if (!options.categories.empty()) filter_.categories = options.categories;
    if (!options.types.empty()) filter_.types = options.events.stored_names(options.types);
    filter_.headers = options.headers;
    if (filter_.categories.size() * keys_.size() > streams_max) return;
    for (const auto& category : filter_.categories)
        for (const auto& key : keys_) streams_.emplace(category, key);
}

void chosen_events::visit(event_store& store, const cut& after, const cut& up_to, event_sink visit) const {
    if (!streams_.empty())
        return visit_merged(store, {streams_, filter_, after, up_to},
                            [&](const recorded_event& event) { return visit(event.view()); });
    if (keys_.empty()) {
        store.read_all(after, up_to, filter_, payloads::read, visit);
        return;
    }
    store.read_all(after, up_to, filter_, payloads::skip, [&](const event_view& envelope) {
        if (!keys_.contains(envelope.key)) return true;
        bool more = true;
        store.read_at(envelope.partition, std::span(&envelope.at, 1), payloads::read,
                      [&](const event_view& event) { return more = visit(event); });
        return more;
    });
}

}  // namespace leftfold::inline v0::detail
