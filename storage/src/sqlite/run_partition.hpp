#pragma once

#include <deque>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "sqlite/run_set.hpp"
#include "sqlite/run_snapshot.hpp"
#include "sqlite/stream_lookup.hpp"

namespace leftfold::inline v0::sqlite {

/// What one partition's index may use; run_index.hpp explains the limits.
struct run_partition_options {
    run_file_options file{};
    std::shared_ptr<random_source> random{};
    std::shared_ptr<observer> told{};
    merge_policy merging{};
    std::size_t recent_events = 0;
    std::size_t recent_events_max = 0;
    std::size_t filter_bytes = 0;
    std::size_t idle_readers = 0;
    std::size_t unwritten_at_close = 0;
    /// How far the log is followed.
    offset follow_to{std::numeric_limits<std::int64_t>::max()};
    unsigned hash_bits = 128;
};

/// The index of one partition: its runs, its newest events in memory, and how the two are kept together.
///
/// Two locks. `work_` is held by whoever writes or opens the file, for one bounded step. `mutex_` guards what look-ups
/// see, and is never held while the index file is read or written. Who takes both takes `work_` first.
class run_partition {
public:
    run_partition(partition_log& log, partition_id partition, std::filesystem::path path,
                  run_partition_options options);

    /// Takes note of committed events. Returns whether there is work for step().
    bool add(std::span<const event_view> committed);

    std::optional<stream_head> head(const stream_id& stream);
    std::vector<offset> find(const stream_id& stream, version from, std::size_t count, direction way);
    std::optional<offset> find_id(const event_id& id);
    offset indexed_to();
    void rebuild();

    /// How a step of work went.
    enum class step_result { more, idle, failed };
    /// Writes the oldest entries in memory as a run, or does a piece of merging. What fails is told to the observer and
    /// tried again by a later step.
    step_result step();
    /// Whether events in memory wait for step(), and whether they are more than there may be.
    bool has_unwritten();
    bool is_full() { return recent() > options_.recent_events_max; }

    /// Writes what is in memory, when it is much.
    void close();
    /// Forgets the files without closing them.
    void abandon();

private:
    using table_list = std::deque<std::shared_ptr<recent_entries>>;

    std::size_t recent();
    bool writes() const { return options_.file.mode == file_access::create; }

    // Opening and following the file; run_partition_file.cpp. Whoever calls the first group holds work_.
    void load();
    void make_again();
    void open_or_do_without();
    void open_for_writing();
    run_snapshot read_file();
    bool belongs_to_log(const run_list& runs);
    void begin_after(run_snapshot snapshot);
    void catch_up(offset to);
    void refresh();
    void publish();

    void be_loaded();
    void follow();
    void start_again(const std::shared_ptr<const run_snapshot>& outdated);
    void warn(std::string_view doing, const error& failure);

    // Whoever calls these holds mutex_, or is alone because nothing is loaded.
    void take(std::span<const event_view> events);
    void take(const event_view& event, const recent_entries::keys& of);
    void read_up_to(offset to);
    bool is_unwritten() const { return tables_.size() > 1; }

    // Answering.
    template <class Answer>
    auto ask(const Answer& answer);
    key_moment look(const stream_id& stream, const version_range& range);
    key_moment look(const event_id& id);
    std::vector<run_entry> entries_of(const stream_id& stream, const version_range& range);
    std::optional<offset> match(const std::vector<run_entry>& found, const event_id& id);

    partition_log& log_;
    partition_id partition_;
    std::filesystem::path path_;
    run_partition_options options_;

    std::mutex work_;
    std::unique_ptr<run_set> set_;  ///< the owner's, while it has a file; guarded by work_
    bool file_is_bad_ = false;      ///< a reader's: it does without; guarded by work_

    std::shared_mutex mutex_;
    bool loaded_ = false;
    std::shared_ptr<const run_snapshot> snapshot_;
    std::optional<run_hasher> hasher_;
    table_list tables_;  ///< entries in memory, oldest first; only the last one grows
};

}  // namespace leftfold::inline v0::sqlite
