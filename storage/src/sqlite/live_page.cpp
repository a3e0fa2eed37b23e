#include "sqlite/live_page.hpp"

#include <fmt/format.h>

#include <charconv>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::string_view live_magic = "lflive2\n";
constexpr std::string_view ask_magic = "lfask01\n";
constexpr std::uint64_t held_by_none = 0xFFFF'FFFF;
constexpr std::size_t clock_bytes = 512;

void put(std::string& to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i != bytes; ++i) to.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
}

std::uint64_t take(std::string_view& from, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i != bytes; ++i) value |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
    from.remove_prefix(bytes);
    return value;
}

std::int64_t take_signed(std::string_view& from) { return static_cast<std::int64_t>(take(from, 8)); }

// Takes magic and checksum off; nothing when either is wrong.
std::optional<std::string_view> content(std::string_view bytes, std::string_view magic) {
    if (bytes.size() < magic.size() + 4 || !bytes.starts_with(magic)) return std::nullopt;
    auto crc = bytes.substr(bytes.size() - 4);
    const auto covered = bytes.substr(0, bytes.size() - 4);
    if (take(crc, 4) != crc32c(covered)) return std::nullopt;
    return covered.substr(magic.size());
}

}  // namespace

std::string encode_live_page(const bulletin_page& page) {
    std::string bytes(live_magic);
    put(bytes, static_cast<std::uint64_t>(page.epoch.value()), 8);
    put(bytes, page.sequence, 8);
    put(bytes, static_cast<std::uint64_t>(page.closed.until.micros()), 8);
    put(bytes, page.closed.held_by ? page.closed.held_by->value() : held_by_none, 4);
    put(bytes, page.heads.size(), 4);
    for (const auto head : page.heads) put(bytes, static_cast<std::uint64_t>(head.value()), 8);
    put(bytes, crc32c(bytes), 4);
    return bytes;
}

std::optional<bulletin_page> decode_live_page(std::string_view bytes) {
    auto rest = content(bytes, live_magic);
    if (!rest || rest->size() < 32) return std::nullopt;
    bulletin_page page;
    page.epoch = store_epoch{take_signed(*rest)};
    page.sequence = take(*rest, 8);
    page.closed.until = recorded_at::from_micros(take_signed(*rest));
    if (const auto held_by = take(*rest, 4); held_by != held_by_none)
        page.closed.held_by = partition_id(static_cast<std::uint32_t>(held_by));
    const auto heads = take(*rest, 4);
    if (rest->size() != heads * 8) return std::nullopt;
    for (std::uint64_t i = 0; i != heads; ++i) page.heads.emplace_back(take_signed(*rest));
    return page;
}

std::string encode_asked_time(recorded_at when) {
    std::string bytes(ask_magic);
    put(bytes, static_cast<std::uint64_t>(when.micros()), 8);
    put(bytes, crc32c(bytes), 4);
    return bytes;
}

std::optional<recorded_at> decode_asked_time(std::string_view bytes) {
    auto rest = content(bytes, ask_magic);
    if (!rest || rest->size() != 8) return std::nullopt;
    return recorded_at::from_micros(take_signed(*rest));
}

std::string encode_clock_bound(recorded_at bound) {
    auto text = fmt::format("clock {}\n", bound.micros());
    text += fmt::format("crc {:08x}\n", crc32c(text));
    text.resize(clock_bytes, '\n');
    return text;
}

recorded_at decode_clock_bound(std::string_view text, std::string_view origin) {
    const auto corrupt = [&] { return error(errc::corrupt, fmt::format("reading {}: it is not whole", origin)); };
    const auto line_end = text.find('\n');
    if (!text.starts_with("clock ") || line_end == std::string_view::npos) throw corrupt();
    const auto number = text.substr(6, line_end - 6);
    std::int64_t micros = 0;
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), micros);
    if (failure != std::errc() || end != number.data() + number.size()) throw corrupt();
    const auto bound = recorded_at::from_micros(micros);
    if (encode_clock_bound(bound) != text) throw corrupt();
    return bound;
}

}  // namespace leftfold::inline v0::sqlite
