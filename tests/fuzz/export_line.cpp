// Any text, read as a line of an export whose checksum agrees: refused by a typed error, or the same after another
// round.

#include <cstdlib>

#include "checked_line.hpp"
#include "cloud_event.hpp"
#include "leftfold/storage/error.hpp"

namespace {

/// Calls what refuses a line by an error of leftfold's.
template <class F>
void attempt(F&& f) {
    try {
        f();
    } catch (const leftfold::error&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace leftfold::tools;
    const std::string text(reinterpret_cast<const char*>(data), size);
    attempt([&] { parse_header(text); });
    attempt([&] { parse_event(text); });
    const auto line = close_line(text);
    attempt([&] {
        const auto once = parse_event(line);
        if (!(parse_event(to_line(once.view())) == once)) std::abort();
    });
    attempt([&] {
        const auto once = parse_header(line);
        const auto again = parse_header(to_line(once));
        if (again.store != once.store || again.up_to != once.up_to || again.complete != once.complete) std::abort();
    });
    return 0;
}
