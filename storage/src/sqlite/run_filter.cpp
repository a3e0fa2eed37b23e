#include "sqlite/run_filter.hpp"

#include <algorithm>

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::size_t line_bytes = 64;
constexpr std::size_t bits_per_key = 10;
constexpr int probes = 6;

/// Where a key's bits are: a line by the upper half of its mixed bits, six bits of the 512 by another mix of them.
struct place {
    std::size_t line;
    std::uint64_t bits;
};

place place_of(std::uint64_t mixed, std::size_t lines) {
    const auto line = static_cast<std::size_t>(((mixed >> 32U) * lines) >> 32U);
    return {line * line_bytes, (mixed ^ 0x5851F42D4C957F2DU) * 0xC2B2AE3D27D4EB4FU};
}

}  // namespace

run_filter run_filter::of(std::span<const std::uint64_t> mixed_keys) {
    run_filter made;
    const auto lines = std::max<std::size_t>(1, (mixed_keys.size() * bits_per_key + 511) / 512);
    made.bits_.assign(lines * line_bytes, '\0');
    for (const auto mixed : mixed_keys) {
        auto [line, bits] = place_of(mixed, lines);
        for (int i = 0; i < probes; ++i, bits >>= 9U) {
            auto& byte = made.bits_[line + ((bits & 511U) >> 3U)];
            byte = static_cast<char>(static_cast<unsigned char>(byte) | (1U << (bits & 7U)));
        }
    }
    return made;
}

run_filter run_filter::from(std::string_view bytes) {
    run_filter made;
    if (bytes.size() % line_bytes == 0) made.bits_ = bytes;
    return made;
}

bool run_filter::may_hold(const run_key& key) const {
    if (bits_.empty()) return true;
    auto [line, bits] = place_of(key.mixed(), bits_.size() / line_bytes);
    for (int i = 0; i < probes; ++i, bits >>= 9U) {
        const auto byte = static_cast<unsigned char>(bits_[line + ((bits & 511U) >> 3U)]);
        if ((byte & (1U << (bits & 7U))) == 0) return false;
    }
    return true;
}

}  // namespace leftfold::inline v0::sqlite
