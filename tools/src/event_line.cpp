#include "event_line.hpp"

#include <fmt/format.h>

#include "cloud_event.hpp"
#include "one_line.hpp"

namespace leftfold::inline v0::tools {

void show_event(const event_view& event, const console& on) {
    if (on.json) return on.line(to_line(event));
    const auto payload =
        is_utf8(event.payload) ? one_line(event.payload) : fmt::format("<{} bytes>", event.payload.size());
    on.line(fmt::format("{} {} {}-{} v{} {} {}", to_string(event.position()), to_rfc3339(event.recorded.time()),
                        event.category, one_line(event.key), event.version.value(), one_line(event.type), payload));
}

}  // namespace leftfold::inline v0::tools
