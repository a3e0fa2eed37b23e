#include "sqlite/run_key.hpp"

#include <bit>
#include <cstring>
#include <string>

namespace leftfold::inline v0::sqlite {

namespace {

std::uint64_t read_word(const void* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

struct sip_state {
    std::uint64_t v0, v1, v2, v3;

    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            v0 += v1;
            v1 = std::rotl(v1, 13) ^ v0;
            v0 = std::rotl(v0, 32);
            v2 += v3;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1;
            v1 = std::rotl(v1, 17) ^ v2;
            v2 = std::rotl(v2, 32);
        }
    }
    void take(std::uint64_t word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }
    std::uint64_t give() {
        rounds(4);
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

}  // namespace

run_key siphash(const run_salt& salt, std::string_view bytes) {
    const auto k0 = read_word(salt.data());
    const auto k1 = read_word(salt.data() + 8);
    sip_state state{.v0 = k0 ^ 0x736f6d6570736575U,
                    .v1 = k1 ^ 0x646f72616e646f6dU ^ 0xee,
                    .v2 = k0 ^ 0x6c7967656e657261U,
                    .v3 = k1 ^ 0x7465646279746573U};
    const auto whole = bytes.size() / 8 * 8;
    for (std::size_t i = 0; i < whole; i += 8) state.take(read_word(bytes.data() + i));
    std::uint64_t last = bytes.size() << 56U;
    for (std::size_t i = whole; i < bytes.size(); ++i)
        last |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * (i - whole));
    state.take(last);
    state.v2 ^= 0xee;
    const auto high = state.give();
    state.v1 ^= 0xdd;
    return {high, state.give()};
}

run_key run_hasher::cut(run_key key) const {
    if (bits_ >= 128) return key;
    if (bits_ > 64) return {key.high, key.low >> (128 - bits_) << (128 - bits_)};
    return {bits_ == 0 ? 0 : key.high >> (64 - bits_) << (64 - bits_), 0};
}

run_key run_hasher::of_stream(std::string_view category, std::string_view key) const {
    // Names within the limits of names.hpp fit; whatever else a log might hold takes the slow way.
    std::array<char, 1'200> small;
    const auto size = category.size() + 1 + key.size();
    if (size > small.size()) return cut(siphash(salt_, std::string(category) + '-' + std::string(key)));
    std::memcpy(small.data(), category.data(), category.size());
    small[category.size()] = '-';
    if (!key.empty()) std::memcpy(small.data() + category.size() + 1, key.data(), key.size());
    return cut(siphash(salt_, {small.data(), size}));
}

run_key run_hasher::of_id(const event_id& id) const {
    std::array<char, 16> bytes;
    std::memcpy(bytes.data(), id.bytes.data(), bytes.size());
    return cut({siphash(salt_, {bytes.data(), bytes.size()}).high, 0});
}

}  // namespace leftfold::inline v0::sqlite
