#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// Remembers when the events of one partition were recorded, every one of them or every so many, so that a time is
/// found among millions of offsets without a search through the log (semantics 10).
///
/// Nothing is read when a store is opened. What the owner appends is noted as it commits; the rest is learned as it is
/// needed: a question that comes upon fences that nobody has asked for yet has them read, the coarse ones by halving,
/// which every later question shares, and the fine ones by interpolation: two or three as a rule, and never more than
/// some forty; or a whole neighbourhood when it is cheap and asked about again. When the array is full, every second
/// fence is dropped and the spacing doubles.
///
/// Thread-safe. Takes no lock while the log is read; two threads may read the same fence twice.
class time_fences {
public:
    /// Fills in when the events at these offsets, which exist, were recorded, in their order.
    using reader = function_ref<void(std::span<const offset>, std::vector<recorded_at>&)>;

    /// An event and its time.
    struct mark {
        offset at{};
        recorded_at recorded{};
    };

    /// Fences of all partitions of a store together: 8 MiB.
    static constexpr std::size_t total_max = std::size_t{1} << 20U;

    /// Holds at most `most` fences, and two at least.
    explicit time_fences(std::size_t most);

    /// Notes that the events after `before` up to `last` were stored in one group, whose times are consecutive.
    void grew(offset before, mark last);
    /// Notes the partition's head, as somebody has just read it.
    void saw_head(mark head);

    /// Returns the newest event that it knows of; zeroes while it knows none.
    mark newest() const;

    /// Offsets `after` and `before` such that the event at the first was recorded at or before `when` (0: there is no
    /// such event), that at the second after it, and at most one spacing lies between them.
    struct window {
        offset after{};
        offset before{};
    };
    /// Finds the window of a time that lies before newest().recorded.
    window around(recorded_at when, reader read);

    /// How many events lie between two fences: 1, doubled as often as the array was full.
    std::int64_t spacing() const;

private:
    // Fences are counted from 1, as offsets are: fence i stands at offset i * spacing_.
    using fence_number = std::int64_t;
    static constexpr std::int64_t unknown = INT64_MIN;

    void learn(offset at, std::int64_t recorded);
    void make_room(fence_number last);
    std::int64_t known(fence_number fence) const;
    std::int64_t time_at(offset end) const;
    std::vector<offset> unknown_among(fence_number first, fence_number last) const;
    fence_number guess(recorded_at when, const window& in, fence_number first, fence_number last) const;
    std::vector<offset> narrow(recorded_at when, window& found, int round) const;

    mutable std::mutex mutex_;
    const std::size_t most_;
    std::int64_t spacing_ = 1;
    std::vector<std::int64_t> recorded_;  // of fence i at i - 1
    mark newest_{};
};

}  // namespace leftfold::inline v0
