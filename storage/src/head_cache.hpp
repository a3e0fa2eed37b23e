#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>

#include "leftfold/storage/names.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

struct stream_id_hash {
    std::size_t operator()(const stream_id& stream) const noexcept {
        const auto category = std::hash<std::string>{}(stream.category());
        return std::hash<std::string>{}(stream.key()) ^ (category * 0x9e3779b97f4a7c15ull);
    }
};

/// Remembers the last version of the streams that were used most recently, at least half of `capacity` of them.
///
/// Two generations: a look-up moves a stream to the young one, and when that is full the old one is dropped whole. That
/// costs one hash look-up where a list of uses would cost two pointers a stream.
class head_cache {
public:
    explicit head_cache(std::size_t capacity) : young_max_(capacity / 2 + 1) {}

    std::optional<version> find(const stream_id& stream) {
        if (const auto hit = young_.find(stream); hit != young_.end()) return hit->second;
        const auto hit = old_.find(stream);
        if (hit == old_.end()) return std::nullopt;
        const auto at = hit->second;
        set(stream, at);
        return at;
    }

    void set(const stream_id& stream, version at) {
        young_.insert_or_assign(stream, at);
        if (young_.size() < young_max_) return;
        old_ = std::move(young_);
        young_.clear();
    }

    void clear() {
        young_.clear();
        old_.clear();
    }

private:
    using generation = std::unordered_map<stream_id, version, stream_id_hash>;

    std::size_t young_max_;
    generation young_;
    generation old_;
};

}  // namespace leftfold::inline v0
