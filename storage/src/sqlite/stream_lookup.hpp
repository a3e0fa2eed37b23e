#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"
#include "sqlite/run_snapshot.hpp"

namespace leftfold::inline v0::sqlite {

/// What is asked of a stream's versions.
struct version_range {
    direction way = direction::forward;
    std::int64_t from = 1;
    std::int64_t count = std::numeric_limits<std::int64_t>::max();

    /// The last version of a forward range.
    std::int64_t last() const {
        const auto room = std::numeric_limits<std::int64_t>::max() - from;
        return count - 1 > room ? std::numeric_limits<std::int64_t>::max() : from + (count - 1);
    }
    /// The first version of a backward range that begins at `top`.
    std::int64_t first_below(std::int64_t top) const { return count >= top ? 1 : top - count + 1; }
};

/// What a partition knew of one key at one moment: its runs, and the newer entries that are in none of them yet.
struct key_moment {
    std::shared_ptr<const run_snapshot> snapshot;
    run_key key{};
    /// The key's newest entry, when it is in no run.
    std::optional<run_entry> newest{};
    /// Of the entries in no run, those in the range asked for.
    std::vector<run_entry> recent{};
};

/// Answers questions about one stream from one moment of a partition's index.
///
/// Entries are found by a hash, so the answer is checked against the log. Since versions are dense within a partition,
/// two rows are enough: when each version of [a, b] was found once, and the events at a and at b belong to the stream,
/// then the stream's versions between them are among those found, and nothing else is. Where that fails, two streams
/// share the hash (a range from version 1 on needs only its first row); then the answer is nothing, and search_all(),
/// which reads every row, has it.
class stream_lookup {
public:
    stream_lookup(partition_log& log, partition_id partition, const stream_id& stream, const key_moment& at)
        : log_(log), partition_(partition), stream_(stream), at_(at), search_(*at.snapshot) {}

    /// The stream's last event: an entry with version 0 when it has none.
    std::optional<run_entry> head();

    /// The stream's entries in the range, in ascending order.
    std::optional<std::vector<run_entry>> find(const version_range& range);

    /// All of the stream's entries, in ascending order, given a moment that has all recent ones. Reads a row of the log
    /// for each.
    std::vector<run_entry> search_all();

private:
    std::optional<run_entry> newest();
    std::vector<run_entry> collect_from_oldest(std::int64_t from, std::int64_t to);
    std::vector<run_entry> collect_from_newest(std::int64_t from, std::int64_t to);
    bool are_of_stream(std::vector<run_entry> entries);

    partition_log& log_;
    partition_id partition_;
    const stream_id& stream_;
    const key_moment& at_;
    run_search search_;
};

}  // namespace leftfold::inline v0::sqlite
