#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/limits.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// The store's one clock: h = max(h + 1, wall), so that times rise strictly whatever the wall clock does (Kulkarni et
/// al., "Logical Physical Clocks", 2014, with one counter for both parts).
///
/// It also knows which times are closed: a partition that has taken stamps and not yet let go of them holds all times
/// from its first stamp on open. Takes no lock but its own, and does no I/O. Safe from any thread.
class hybrid_clock {
public:
    /// Goes on above `last`, and never above `bound` until raise_bound() moves it.
    hybrid_clock(clock_source& source, const store_limits& limits, recorded_at last, recorded_at bound);

    struct stamps {
        errc refused = errc::ok;
        recorded_at first{};
    };
    /// Takes `count` consecutive times for one group of a partition, all open until release(). Refused as clock_jump or
    /// clock_ahead when the wall clock cannot be trusted, and as would_block when the bound is in the way: raise it and
    /// try again.
    stamps reserve(partition_id partition, std::size_t count);
    /// Lets go of a partition's stamps: its group is stored, or never will be.
    void release(partition_id partition);
    /// Notes that the outcome of the partition's group is unknown: its stamps may stay open for long.
    void doubt(partition_id partition);

    /// Returns the greatest time at or before which nothing will ever be recorded again.
    recorded_at closed() const { return state().until; }
    /// The same, and which group in doubt holds it down.
    closed_state state() const;
    /// Raises the clock so that `when` closes, as far as the wall clock, the bound and open groups allow; returns
    /// closed().
    recorded_at close(recorded_at when);
    /// Why a time up to now cannot be stamped or closed, or ok.
    errc trouble() const;
    /// Takes the wall clock as right, however far it jumped or fell behind.
    void accept();

    /// How far ahead of the wall clock the bound is saved, and how near it may come before it is to be raised.
    static constexpr std::int64_t bound_ahead_us = 60'000'000;
    static constexpr std::int64_t bound_margin_us = 30'000'000;
    /// The same ahead of h where h itself runs ahead of the wall clock, as after a crash, when it goes on from the
    /// bound. It is small, since each crash costs the store that much: then h only counts events, a microsecond each.
    static constexpr std::int64_t bound_step_us = 100'000;
    /// Returns the bound that should be saved now, or nothing while the saved one is far enough ahead.
    std::optional<recorded_at> wanted_bound() const;
    void raise_bound(recorded_at saved);

private:
    errc trouble(std::int64_t wall, std::int64_t elapsed) const;
    closed_state state_locked() const;

    clock_source& source_;
    const store_limits limits_;
    mutable std::mutex mutex_;
    std::int64_t h_;
    std::int64_t bound_;
    std::int64_t wall_;  // the readings that were last trusted
    std::int64_t elapsed_;
    std::int64_t accepted_ahead_ = 0;

    struct stamps_in_use {
        std::int64_t first;
        bool in_doubt = false;
    };
    std::map<partition_id, stamps_in_use> open_;  // of each partition's group in flight
};

}  // namespace leftfold::inline v0
