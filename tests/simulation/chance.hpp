#pragma once

#include <chrono>
#include <cstdint>

#include "leftfold/storage/event_id.hpp"

namespace leftfold::simulation {

/// Everything random in a run, drawn from its seed: SplitMix64. Also the source of the store's own random bits.
class chance final : public random_source {
public:
    explicit chance(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() override {
        std::uint64_t bits = state_ += 0x9e3779b97f4a7c15U;
        bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
        bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
        return bits ^ (bits >> 31U);
    }

    /// One of 0 to count - 1.
    std::uint64_t below(std::uint64_t count) { return next() % count; }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    bool one_in(std::uint64_t count) { return below(count) == 0; }

    /// A time up to `longest`, as likely to lie between 10 and 100 µs as between 1 and 10 s.
    std::chrono::microseconds time_up_to(std::chrono::microseconds longest) {
        std::int64_t reach = 1;
        std::uint64_t decades = 1;
        while (reach < longest.count()) {
            reach *= 10;
            ++decades;
        }
        std::int64_t most = 1;
        for (auto i = below(decades); i != 0; --i) most *= 10;
        return std::chrono::microseconds{between(most / 10, most < longest.count() ? most : longest.count())};
    }

private:
    std::uint64_t state_;
};

}  // namespace leftfold::simulation
