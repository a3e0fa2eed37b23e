#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "append_group.hpp"
#include "hybrid_clock.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/participating_log.hpp"

namespace leftfold::inline v0 {

/// Hears of a partition's new head after each commit, before the appends' own handlers, and lets go of the group's
/// stamps: not before the head shows, or a time would be closed whose events no reader is told of.
using commit_listener = unique_function<void(const partition_head&)>;
/// Saves the clock's bound further ahead; called when a group cannot be stamped without.
using bound_raiser = unique_function<void()>;

/// The one writer of a partition: a queue of appends that go into the log in groups, one group in flight.
///
/// Whoever finds it idle runs a group on its own thread: an uncontended blocking append costs no thread switch. What
/// queues up meanwhile is left to the writer's executor. Each caller is woken by itself.
class partition_writer {
public:
    struct parts {
        partition_log& log;
        stream_index& index;
        hybrid_clock& clock;
        const environment& world;
        const store_limits& limits;
        std::size_t heads_bytes;  ///< of store_limits::remembered_heads_bytes, this partition's share
        commit_listener committed;
        unique_function<void()> given_up;  ///< a group was not stored and never will be: lets go of its stamps
        unique_function<void()> doubted;   ///< nobody can say whether a group was stored: its stamps stay open
        bound_raiser raise_bound;
        /// Who takes part in each commit; where there is anybody, the log is a participating_log.
        const std::vector<std::shared_ptr<commit_participant>>& participants;
    };

    /// Takes a fence that claim() gave.
    partition_writer(fence held, parts with);
    ~partition_writer();

    /// Queues an append; its handler is called exactly once, on another thread or inside a later call. Refuses by
    /// calling the handler with errc::would_block or errc::store_closed.
    void submit(pending_append append, when_full queue);

    /// Appends and returns the outcome.
    append_outcome append(pending_append append, when_full queue);

    /// Asks the log soon, on the writer's executor, what became of a group in doubt; does nothing where none is. As the
    /// next append would, which may never come.
    void settle();

    /// Refuses new appends, then commits what is queued until the deadline; what is left by then is cancelled.
    void close(std::chrono::steady_clock::time_point deadline);

private:
    using queue_lock = std::unique_lock<std::mutex>;

    bool has_room(const pending_append& append, std::size_t times) const;
    void enqueue(pending_append append);
    void schedule();
    void drain();
    void run_groups(queue_lock& lock, const bool* until);
    std::deque<pending_append> take(const queue_lock&);
    void run_group(std::deque<pending_append>& taken);
    bool settle_doubt(std::deque<pending_append>& taken);
    std::optional<recorded_at> reserve(append_group& group);
    append_status commit(append_group& group, recorded_at first);
    append_report append_with_participants(append_group& group, recorded_at first);
    void set_up(group_transaction& in);
    std::optional<error> ask(std::span<const event_view> events, group_transaction& in);
    append_report resolve(const append_group& group);
    void publish(const append_group& group, std::chrono::microseconds took);

    parts with_;
    const partition_id partition_;

    // Only whoever has set running_ touches these.
    fence fence_;
    head_cache heads_;
    chain_hasher hasher_;
    bool is_set_up_ = false;            // whether a transaction in which participants were set up has committed
    std::optional<event_id> in_doubt_;  // the first id of a group whose outcome is not known yet

    std::mutex mutex_;
    std::condition_variable idle_or_room_;
    std::deque<pending_append> queue_;
    std::size_t queued_bytes_ = 0;
    bool running_ = false;
    bool scheduled_ = false;
    bool closing_ = false;
    std::unique_ptr<executor> executor_;  // made on first use; destroyed first
};

}  // namespace leftfold::inline v0
