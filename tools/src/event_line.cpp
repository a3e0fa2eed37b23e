#include "event_line.hpp"

#include <fmt/format.h>

#include "cloud_event.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// Bytes fit for a terminal: control characters and what is not UTF-8 are shown as hexadecimal digits.
std::string shown(std::string_view bytes) {
    if (!is_utf8(bytes)) return fmt::format("<{} bytes>", bytes.size());
    std::string text;
    for (const char c : bytes) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            text += c;
    }
    return text;
}

}  // namespace

void show_event(const event_view& event, const console& on) {
    if (on.json) return on.line(to_line(event));
    on.line(fmt::format("{} {} {}-{} v{} {} {}", to_string(event.position()), to_rfc3339(event.recorded.time()),
                        event.category, shown(event.key), event.version.value(), shown(event.type),
                        shown(event.payload)));
}

}  // namespace leftfold::inline v0::tools
