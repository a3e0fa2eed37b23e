#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sqlite/run_key.hpp"

namespace leftfold::inline v0::sqlite {

/// Says of a key either "not here" or "maybe here": a Bloom filter whose bits for one key lie in one cache line.
///
/// At 10 bits a key, 1.5 of 100 keys that are not here pass as "maybe". An empty filter says "maybe" to all.
class run_filter {
public:
    run_filter() = default;

    /// Makes the filter of these keys, given by run_key::mixed().
    static run_filter of(std::span<const std::uint64_t> mixed_keys);

    /// Takes the bytes of a filter that was made before. A size that no filter has gives the empty one.
    static run_filter from(std::string_view bytes);

    bool may_hold(const run_key& key) const;

    std::string_view bytes() const { return bits_; }

private:
    std::string bits_;
};

}  // namespace leftfold::inline v0::sqlite
