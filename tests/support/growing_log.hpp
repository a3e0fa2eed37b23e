#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/event.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::test_support {

/// A log in memory with an easy way to add events: what an index is tried on. Keeps count of versions by itself.
class growing_log {
public:
    explicit growing_log(std::uint32_t partitions = 1);
    ~growing_log();
    growing_log(growing_log&&) noexcept;
    growing_log& operator=(growing_log&&) noexcept;

    partition_log& log();

    /// The plain index in memory over the log: the oracle for others.
    std::unique_ptr<stream_index> make_index();

    /// Appends an event of category `item` to each of the streams, all in one group, with ids derived from partition
    /// and offset. Returns what an index is to be told; valid until the next call.
    std::span<const event_view> grow(std::span<const std::string> keys, partition_id partition = {});

    /// The id that the event at that place has.
    static event_id id_at(partition_id partition, offset at);

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Streams `s0`, `s1`, … in a random order that the seed fixes: mostly some few, now and then any of `streams`.
std::vector<std::string> random_keys(std::size_t events, std::size_t streams, std::uint64_t seed);

}  // namespace leftfold::test_support
