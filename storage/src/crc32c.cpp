#include "crc32c.hpp"

#include <array>
#include <cstring>

#include "leftfold/storage/chain.hpp"

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace leftfold::inline v0 {

namespace detail {

namespace {

using table = std::array<std::uint32_t, 256>;

/// Eight tables, so that eight bytes are taken at a step: entry [k][b] is the remainder of byte b with k zero bytes
/// after it.
constexpr std::array<table, 8> make_tables() {
    constexpr std::uint32_t polynomial = 0x82f63b78U;  // Castagnoli's, bits reversed
    std::array<table, 8> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? polynomial : 0U);
        made[0][byte] = crc;
    }
    for (std::size_t k = 1; k < made.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto before = made[k - 1][byte];
            made[k][byte] = made[0][before & 0xffU] ^ (before >> 8U);
        }
    }
    return made;
}

constexpr auto tables = make_tables();

std::uint64_t word_at(std::string_view data) noexcept {
    std::uint64_t word{};
    std::memcpy(&word, data.data(), sizeof word);
    return word;
}

}  // namespace

std::uint32_t crc32c_by_table(std::string_view data, std::uint32_t crc) noexcept {
    crc = ~crc;
    while (data.size() >= 8) {
        const auto word = word_at(data) ^ crc;
        crc = 0;
        for (std::size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][(word >> (8 * k)) & 0xffU];
        data.remove_prefix(8);
    }
    for (const char c : data) crc = tables[0][(crc ^ static_cast<unsigned char>(c)) & 0xffU] ^ (crc >> 8U);
    return ~crc;
}

#if defined(__x86_64__)

bool has_crc32c_instruction() noexcept { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::string_view data,
                                                                      std::uint32_t crc) noexcept {
    std::uint64_t state = ~crc;
    while (data.size() >= 8) {
        state = _mm_crc32_u64(state, word_at(data));
        data.remove_prefix(8);
    }
    auto rest = static_cast<std::uint32_t>(state);
    for (const char c : data) rest = _mm_crc32_u8(rest, static_cast<unsigned char>(c));
    return ~rest;
}

#else

bool has_crc32c_instruction() noexcept { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#if defined(__clang__)
__attribute__((target("crc")))
#else
__attribute__((target("+crc")))
#endif
std::uint32_t
crc32c_by_instruction(std::string_view data, std::uint32_t crc) noexcept {
    std::uint32_t state = ~crc;
    while (data.size() >= 8) {
        state = __crc32cd(state, word_at(data));
        data.remove_prefix(8);
    }
    for (const char c : data) state = __crc32cb(state, static_cast<unsigned char>(c));
    return ~state;
}

#endif

}  // namespace detail

std::uint32_t crc32c(std::string_view data, std::uint32_t crc) {
    static const auto way = detail::has_crc32c_instruction() ? detail::crc32c_by_instruction : detail::crc32c_by_table;
    return way(data, crc);
}

}  // namespace leftfold::inline v0
