#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "growth.hpp"
#include "known_moments.hpp"
#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/partitioner.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "partition_writer.hpp"
#include "time_fences.hpp"

namespace leftfold::inline v0 {

/// What an event_store is a handle to. Appending is in append.cpp, reading in reads.cpp, time in as_of.cpp.
class store_core {
public:
    store_core(store_parts parts, store_options options);
    ~store_core();

    /// Throws errc::store_closed or errc::forked when nothing may be done any more.
    void check_open() const;
    void check_partition(partition_id partition) const;
    bool owner() const { return parts.access == access::read_write; }
    partition_id partition_of(std::string_view key) const { return partition_for(routing_key(key), parts.partitions); }

    pending_append prepare(std::vector<stream_append> streams, append_options options);
    partition_writer& writer(partition_id partition);
    /// Lets the partition that holds a time open, if one does, ask the log again what became of its commit: an append
    /// that would ask may never come.
    void settle(const leftfold::closed_state& found);
    void join(std::shared_ptr<commit_participant> who);
    void fill_missed(append_outcome& outcome);
    void tell_observer(const append_result& outcome) const;

    std::size_t visit_stream(const stream_id& stream, stream_read options, event_sink sink);
    cut read_all(const cut& after, const cut& up_to, const event_filter& filter, payloads wanted, event_sink sink);

    cut heads();
    recorded_at closed() { return closed_state().until; }
    leftfold::closed_state closed_state();
    cut closed_cut();
    cut cut_at(recorded_at when, as_of_options options);
    offset offset_at(partition_id partition, recorded_at when);
    void accept_clock();
    bool wait_until_closed(recorded_at when, std::chrono::milliseconds at_most);
    seal_report seal(recorded_at at_least);

    /// Runs elsewhere what must not run on a writer's thread nor on a caller's: asynchronous reads and answers to lost
    /// races; and what waits. Once the store has closed there is no elsewhere: then at once, and all that the task
    /// finds is that.
    void help(unique_function<void()> task) { post(helper_, std::move(task)); }
    void wake(unique_function<void()> task) { post(waker_, std::move(task)); }

    void close(std::chrono::milliseconds deadline);
    bool is_closed() const { return closed_; }

    store_parts parts;
    const store_limits limits;
    const environment world;
    std::unique_ptr<hybrid_clock> clock;
    known_moments moments;
    std::unique_ptr<growth> grown;  // only the owner's; readers ask the bulletin and the log
    /// Where its files are; empty when it has none that other processes can find.
    std::string directory;
    /// What calls into the store on behalf of other processes; ends before anything else does.
    std::shared_ptr<void> listening;

private:
    void on_commit(partition_id partition, const partition_head& head);
    void on_give_up(partition_id partition);
    void on_doubt(partition_id partition);
    void publish();
    void raise_bound();
    void post(std::unique_ptr<executor>& on, unique_function<void()> task);
    void bring_up(fence& held, late_participant& who);
    bool wait_for_owner(recorded_at when, std::chrono::steady_clock::time_point deadline);
    void close_or_refuse(recorded_at when, std::chrono::milliseconds at_most);
    cut cut_of(recorded_at when);

    const int generation_;
    std::atomic<bool> closed_{false};
    std::atomic<bool> raising_{false};
    std::mutex close_mutex_;
    std::mutex making_;  // of writers and executors, and of the end of it
    bool makes_no_writers_ = false;
    bool takes_no_tasks_ = false;
    std::mutex publishing_;
    std::mutex saving_bound_;
    std::uint64_t sequence_ = 0;
    std::vector<fence> fences_;
    std::vector<std::unique_ptr<time_fences>> time_fences_;          // one a partition
    std::vector<std::shared_ptr<commit_participant>> participants_;  // fixed once there is a writer
    std::vector<std::unique_ptr<partition_writer>> writers_;
    std::unique_ptr<executor> helper_;
    std::unique_ptr<executor> waker_;
};

}  // namespace leftfold::inline v0
