#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// The heads that a store's own process has committed, and who waits for them to move. Never polls.
///
/// It also remembers at which times the heads of late moved, so that the cut of what is closed needs no look at the
/// log: a group's times are consecutive, hence a closed time never falls inside one.
class growth {
public:
    using deadline = std::chrono::steady_clock::time_point;
    /// Called once with whether the wait was fulfilled (or the time was over), on the thread that found it out.
    using waiter = unique_function<void(cut)>;

    growth(cut heads, std::vector<recorded_at> last);

    cut heads() const;
    /// A partition's head moved. Calls `closed_too` once the head shows and before anyone wakes or looks: what is
    /// closed is never ahead of the heads. It must not call back.
    void moved(partition_id partition, offset to, recorded_at last, function_ref<void()> closed_too);
    /// Something that until() looks at changed without a head moving: a group failed, or the store closes.
    void stirred();
    /// Returns for each partition the last offset recorded at or before `closed`, or nothing where that lies further
    /// back than what is remembered.
    std::vector<std::optional<offset>> heads_at(recorded_at closed) const;

    /// Waits until `fulfilled` says so, looked at after each move; returns what it said last. Closing ends every wait.
    template <class Condition>
    bool until(deadline at_most, Condition fulfilled) {
        std::unique_lock lock(mutex_);
        for (;;) {
            const auto seen = moves_;
            lock.unlock();
            if (fulfilled()) return true;
            lock.lock();
            if (closed_) return false;
            if (!moved_.wait_until(lock, at_most, [&] { return moves_ != seen || closed_; })) {
                lock.unlock();
                return fulfilled();
            }
        }
    }

    /// Calls `done` with the heads once some are beyond `seen`, or at the deadline; at once when it is closed. Has
    /// `post` run what must happen later.
    void when_beyond(const cut& seen, deadline at_most, waiter done, function_ref<void(unique_function<void()>)> post);
    /// Ends all waits.
    void close();

private:
    struct step {
        offset at;
        recorded_at last;
    };
    struct later {
        cut seen;
        deadline at_most;
        waiter done;
    };

    bool beyond(const cut& seen) const;
    void serve_waiters();

    static constexpr std::size_t steps_remembered = 64;

    mutable std::mutex mutex_;
    std::condition_variable moved_;
    std::uint64_t moves_ = 0;
    bool closed_ = false;
    bool serving_ = false;
    cut heads_;
    std::vector<std::deque<step>> steps_;
    std::vector<later> waiters_;
};

}  // namespace leftfold::inline v0
