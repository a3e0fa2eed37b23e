#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

#include "leftfold/storage/event_id.hpp"

namespace leftfold::inline v0::sqlite {

/// What one index file's hashes and checksums are keyed with: random, made with the file. Nobody outside can choose
/// stream names that collide, and rows of one file never pass for those of another.
using run_salt = std::array<std::uint8_t, 16>;

/// 128 bits of hash: what a run is sorted by. The key of an event id has its low half zero.
struct run_key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend constexpr auto operator<=>(const run_key&, const run_key&) = default;

    /// Returns 64 bits that depend on every bit of the key: for filters and tables.
    constexpr std::uint64_t mixed() const {
        std::uint64_t x = high ^ (low * 0x9E3779B97F4A7C15U);
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93U;
        return x ^ (x >> 32);
    }
};

/// Returns SipHash-2-4 with 128 bits of result (J.-P. Aumasson, D. J. Bernstein: SipHash, 2012).
run_key siphash(const run_salt& salt, std::string_view bytes);

/// Makes the keys of one index file.
class run_hasher {
public:
    /// Keeps only the first `bits` bits of each hash. Fewer than 128 serve tests alone, which want collisions.
    explicit run_hasher(const run_salt& salt, unsigned bits = 128) : salt_(salt), bits_(bits) {}

    /// The key of a stream: hashes `category-key`.
    run_key of_stream(std::string_view category, std::string_view key) const;

    /// The key of an event id: the first 64 bits of its hash. Two ids in 2^32 events share one, which costs the reader
    /// of that key a second look at the log.
    run_key of_id(const event_id& id) const;

private:
    run_key cut(run_key key) const;

    run_salt salt_;
    unsigned bits_;
};

}  // namespace leftfold::inline v0::sqlite
