#include "leftfold/storage/event_id.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

constexpr bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

/// Writes version and variant where RFC 9562 has them.
void mark(event_id& id, unsigned version) {
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0fU) | (version << 4U));
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3fU) | 0x80U);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

[[noreturn]] void refuse(std::string_view text) {
    throw error(errc::invalid_argument, "reading \"" + std::string(text) + "\" as an event id, a UUID");
}

}  // namespace

std::string to_string(const event_id& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (dash_before(i)) text += '-';
        text += digits[id.bytes[i] >> 4U];
        text += digits[id.bytes[i] & 0x0fU];
    }
    return text;
}

event_id parse_event_id(std::string_view text) {
    if (text.size() != 36) refuse(text);
    event_id id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (dash_before(i) && text[at++] != '-') refuse(text);
        const int high = hex_digit(text[at]);
        const int low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0) refuse(text);
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    return id;
}

event_id derive_event_id(std::string_view name) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(name.data(), name.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw error(errc::unsupported, "computing the SHA-256 of a name: OpenSSL offers none");
    }
    event_id id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    mark(id, 8);
    return id;
}

event_id make_event_id(std::int64_t wall_us, random_source& random) {
    // Before 1970 there is no version 7 time; ids made then sort first.
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(wall_us, 0)) / 1'000;
    const std::array<std::uint64_t, 2> chance{random.next(), random.next()};
    event_id id;
    std::memcpy(id.bytes.data(), chance.data(), id.bytes.size());
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
    mark(id, 7);
    return id;
}

std::size_t event_id_hash::operator()(const event_id& id) const noexcept {
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), id.bytes.data(), id.bytes.size());
    // A caller's ids may differ in a few bits only: the finalizer of MurmurHash3 lets each bit reach all others.
    std::uint64_t hash = (halves[0] ^ (halves[0] >> 33U)) * 0xff51afd7ed558ccdU;
    hash ^= halves[1];
    hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
    hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return static_cast<std::size_t>(hash ^ (hash >> 33U));
}

}  // namespace leftfold::inline v0
