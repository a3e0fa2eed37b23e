// Any text, read as each of the forms that people and files write a place, a name, a time or a token in: refused by a
// typed error, or written back as it was understood.

#include <array>
#include <cstdlib>

#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/moment.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/position_token.hpp"

namespace {

using reader = void (*)(std::string_view);

/// What is read, written and read again is the same.
template <auto Read, auto Write>
void there_and_back(std::string_view text) {
    const auto once = Read(text);
    if (Read(Write(once)) != once) std::abort();
}

constexpr std::array<reader, 11> readers{
    there_and_back<[](std::string_view text) { return leftfold::parse_position(text); },
                   [](const leftfold::position& is) { return to_string(is); }>,
    there_and_back<[](std::string_view text) { return leftfold::parse_cut(text); },
                   [](const leftfold::cut& is) { return to_string(is); }>,
    there_and_back<[](std::string_view text) { return leftfold::stream_id::parse(text); },
                   [](const leftfold::stream_id& is) { return to_string(is); }>,
    there_and_back<[](std::string_view text) { return leftfold::parse_event_id(text); },
                   [](const leftfold::event_id& is) { return to_string(is); }>,
    there_and_back<[](std::string_view text) { return leftfold::parse_time(text); },
                   [](leftfold::instant is) { return leftfold::to_rfc3339(is); }>,
    [](std::string_view text) {
        constexpr leftfold::instant now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 15}};
        static_cast<void>(leftfold::parse_asked_time(text, now));
    },
    [](std::string_view text) { leftfold::check_event_type(text); },
    [](std::string_view text) { leftfold::check_store_name(text); },
    [](std::string_view text) {
        const auto part = leftfold::routing_key(text);
        if (part.size() > text.size() || (part.empty() && !text.empty())) std::abort();
    },
    there_and_back<[](std::string_view text) { return leftfold::parse_position_token(text); },
                   [](const leftfold::position_token& is) { return to_string(is); }>,
    there_and_back<[](std::string_view text) { return leftfold::parse_moment(text); },
                   [](const leftfold::moment& is) { return to_string(is); }>};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        readers[(data[0] - unsigned{'a'}) % readers.size()](text);
    } catch (const leftfold::error& refused) {
        if (std::string_view(refused.what()).size() > 1'000 + 8 * size) std::abort();
    }
    return 0;
}
