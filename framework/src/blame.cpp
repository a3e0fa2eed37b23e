#include "leftfold/framework/blame.hpp"

#include <fmt/format.h>

namespace leftfold::inline v0 {

event_origin origin_of(const event_view& event) {
    const auto header = [&](std::string_view name) { return std::string{event.metadata.find(name).value_or("")}; };
    return {.type = std::string{event.type},
            .version = event.version,
            .position = event.position(),
            .recorded = event.recorded,
            .occurred = event.occurred,
            .id = event.id,
            .actor = header(header_name::actor),
            .correlation = header(header_name::correlation_id),
            .causation = header(header_name::causation_id)};
}

std::string to_string(const blamed& found) {
    const event_origin& by = found.origin;
    const auto named = [](std::string_view name, const std::string& value) {
        return value.empty() ? std::string{} : fmt::format(", {} {}", name, value);
    };
    const bool is_late = by.occurred.micros() != by.recorded.micros();
    return fmt::format("{}{} ← {} #{}, partition {} offset {}{}, {}{}{}{}", found.category, found.path.substr(1),
                       by.type, by.version.value(), by.position.partition.value(), by.position.at.value(),
                       named("actor", by.actor), to_rfc3339(by.recorded.time()),
                       named("occurred", is_late ? to_rfc3339(by.occurred.time()) : ""),
                       named("correlation", by.correlation), named("causation", by.causation));
}

namespace detail {

std::string path_of_member(std::string_view name) {
    const path_link link{nullptr, name, 0, false};
    return to_string(&link);
}

}  // namespace detail
}  // namespace leftfold::inline v0
