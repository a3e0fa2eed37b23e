#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "leftfold/storage/event_store.hpp"
#include "simulation/verdict.hpp"

namespace leftfold::simulation {

/// One event as the model knows it.
struct entry {
    std::int64_t request = -1;  ///< whose it is, by the number in its payload; -1: nobody's that is known
    std::int64_t answers = -1;  ///< the request that it answers, where it is of the process
    bool is_reminder = false;   ///< and whether that is no receipt
    std::size_t stream = 0;
    leftfold::version version{};
    recorded_at recorded{};
    occurred_at occurred{};
    event_id id{};
    std::size_t content = 0;  ///< a hash of type, headers and payload

    friend bool operator==(const entry&, const entry&) = default;
};

/// The model of a store's log: plain lists of what was committed, and for each partition the one group of which nobody
/// can say yet whether it was. Whatever the store does to its log is told to it and checked against the rules that
/// need no other knowledge: dense offsets and versions, times that rise, and that none falls below a closed one.
class history {
public:
    history(std::uint32_t partitions, verdict& found) : partitions_(partitions), found_(found) {}

    /// A group goes to the engine. It is in doubt until commit() or drop().
    void offer(partition_id partition, std::span<const event_view> group);
    /// The group is durable. Returns its entries.
    std::span<const entry> commit(partition_id partition);
    /// The group was not stored, and never will be.
    void drop(partition_id partition);

    /// The store said that nothing will be recorded at or before this time.
    void closed(recorded_at until);
    recorded_at closed() const { return closed_; }

    verdict& found() const { return found_; }
    std::uint32_t partitions() const { return static_cast<std::uint32_t>(partitions_.size()); }
    const std::vector<entry>& log(partition_id partition) const { return at(partition).log; }
    const std::vector<entry>& in_doubt(partition_id partition) const { return at(partition).doubt; }
    bool is_in_doubt() const;
    /// How many events the stream has.
    version head(const stream_id& stream) const;
    /// Where the stream's events stand in its partition, the first at 0.
    std::span<const offset> places(const stream_id& stream) const;
    /// The last offset of each partition.
    cut heads() const;
    /// The offsets up to which events were recorded at or before `when`.
    cut cut_at(recorded_at when) const;
    std::int64_t events() const;

    /// Whether the event that the store gives is the one that was committed there. A group in doubt may be seen or not.
    bool holds(const event_view& event) const;

    /// A model that knows what this one had up to a cut, and nothing of what came after.
    history up_to(const cut& at) const;

    /// Compares a reopened store with the model: all that was committed is there, and of a group in doubt all or
    /// nothing. What is there is committed from now on. Reads the events after `from`.
    void recover(event_store& store, const cut& from);

private:
    struct partition_history {
        std::vector<entry> log;
        std::vector<entry> doubt;
    };
    const partition_history& at(partition_id partition) const { return partitions_[partition.value()]; }
    partition_history& at(partition_id partition) { return partitions_[partition.value()]; }
    std::size_t number_of(std::string_view category, std::string_view key) const;
    std::size_t number_for(std::string_view category, std::string_view key);
    entry entry_of(const event_view& event, std::size_t stream) const;
    void complain(const event_view& event, const std::string& what);

    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);

    std::vector<partition_history> partitions_;
    std::unordered_map<std::string, std::size_t> streams_;
    std::vector<std::vector<offset>> places_;  // of each stream
    recorded_at closed_ = recorded_at::min();
    recorded_at last_offered_ = recorded_at::min();
    verdict& found_;
};

}  // namespace leftfold::simulation
