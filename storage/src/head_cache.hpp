#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

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

    /// Returns what is remembered of the stream, to be read or changed before the next call; null where it is nothing.
    version* find(const stream_id& stream) {
        if (const auto hit = young_.find(stream); hit != young_.end()) return &hit->second;
        auto hit = old_.extract(stream);
        return hit.empty() ? nullptr : &grown(young_.insert(std::move(hit)).position);
    }

    /// Remembers a stream of which nothing is remembered. The answer is as find()'s.
    version& add(const stream_id& stream, version at) { return grown(young_.emplace(stream, at).first); }

    void clear() {
        young_.clear();
        old_.clear();
    }

private:
    using generation = std::unordered_map<stream_id, version, stream_id_hash>;

    /// Begins a new generation when this entry was the last that the young one has room for.
    version& grown(generation::iterator newest) {
        auto& at = newest->second;  // it stays where it is when its generation grows old
        if (young_.size() < young_max_) return at;
        old_ = std::move(young_);
        young_.clear();
        return at;
    }

    std::size_t young_max_;
    generation young_;
    generation old_;
};

}  // namespace leftfold::inline v0
