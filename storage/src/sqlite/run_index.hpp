#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "sqlite/connection.hpp"

namespace leftfold::inline v0::sqlite {

class run_partition;

/// What the index may use. Numbers of events and bytes are for the whole store, divided among its partitions.
struct run_index_limits {
    /// Events that are indexed in memory alone, about 70 bytes each, before they become a run. After a crash as many
    /// are read again from the log.
    std::size_t recent_events = 262'144;
    /// Events in memory above which add() writes a run itself, before it returns: the bound when writing lags behind.
    std::size_t recent_events_max = 1'048'576;
    /// Filters kept in memory. Runs for which no room is left, the largest ones, are always searched.
    std::size_t filter_bytes = std::size_t{64} << 20;
    /// So many runs of one size become one (run_merge.hpp).
    std::size_t merge_fan_in = 4;
    /// Connections per partition kept open for look-ups.
    std::size_t idle_readers = 16;
    /// Page cache of one connection.
    std::int64_t cache_kib = 1'024;
    /// Events in memory that a clean close leaves to be read again from the log instead of writing a small run.
    std::size_t unwritten_at_close = 4'096;
};

struct run_index_options {
    /// `create` for the store's owner; `read_only` beside it; `immutable` on media that nobody writes.
    file_access mode = file_access::create;
    /// The SQLite VFS; empty: the system's own.
    std::string vfs{};
    environment world{};
    run_index_limits limits{};
    /// Of a fork: for each partition, the last offset that is the parent's, and not in this index. Empty: none are.
    std::vector<offset> begin_after{};
    /// For whoever looks up events below a cut alone: how far to follow the log. Empty: to its end.
    std::vector<offset> follow_to{};
    /// Bits of each hash that are used. Fewer than 128 serve tests alone, which want collisions.
    unsigned hash_bits = 128;
};

/// The stream index of a SQLite store: for each partition sorted runs in a SQLite file of its own (semantics 15,
/// docs/stream_index.md), and the newest events in memory.
///
/// Appends never touch the log's database or connection, and add() writes nothing as a rule: runs are written and
/// merged by tasks on one executor, made here. A file that is missing, behind, damaged or of another history is made
/// again from the log by whoever may write it; a reader beside the owner then indexes the log in its own memory. A
/// reader also follows the log by itself, as add() is not called there.
///
/// A partition's file is opened at its first use. The log must outlive the index.
class run_index final : public stream_index {
public:
    /// Partition 3 has the file `index-0003.db` in the directory.
    run_index(partition_log& log, std::uint32_t partitions, const std::filesystem::path& directory,
              run_index_options options = {});
    /// Finishes the task that runs, writes what is in memory, and closes the files. In a child of fork(2) it leaves
    /// them alone.
    ~run_index() override;

    void add(partition_id partition, std::span<const event_view> committed) override;
    std::optional<stream_head> head(partition_id partition, const stream_id& stream) override;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override;
    std::optional<offset> find_id(partition_id partition, const event_id& id) override;
    offset indexed_to(partition_id partition) override;
    void rebuild(partition_id partition) override;

    /// Does one bounded piece of the partition's work that waits: what the posted tasks do. Returns whether there is
    /// more. For tests and tools that want the work done now.
    bool work(partition_id partition);

private:
    run_partition& of(partition_id partition) const;
    void schedule(partition_id partition);
    void run_task(partition_id partition);

    int fork_generation_;
    environment world_;
    std::vector<std::unique_ptr<run_partition>> partitions_;
    std::unique_ptr<std::atomic<bool>[]> scheduled_;
    std::atomic<bool> closing_ = false;
    std::unique_ptr<executor> executor_;  // null for readers
};

/// Returns the name of a partition's index file.
std::string run_index_file(partition_id partition);

}  // namespace leftfold::inline v0::sqlite
