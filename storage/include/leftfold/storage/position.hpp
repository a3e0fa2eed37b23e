#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/strong_number.hpp"

namespace leftfold::inline v0 {

/// One of the store's independent logs, counted from 0. How many there are is fixed when a store is made.
using partition_id = strong_number<struct partition_id_tag, std::uint32_t>;

/// A place in a partition: dense, from 1. 0 means "before the first event". There are no gaps, ever.
using offset = strong_number<struct offset_tag>;

/// A place in a stream: dense, from 1. 0 means "the stream has no event".
using version = strong_number<struct version_tag>;

/// How often a store was restored. A checkpoint, snapshot or fork of another epoch is not to be trusted.
using store_epoch = strong_number<struct store_epoch_tag>;

/// Where one event stands in the store.
struct position {
    partition_id partition{};
    offset at{};

    friend constexpr auto operator<=>(const position&, const position&) = default;
};

/// Writes a position as `partition:offset`, the form that the command line reads.
std::string to_string(position where);

/// Reads `partition:offset`. Throws errc::invalid_argument on anything else.
position parse_position(std::string_view text);

/// One consistent place in the whole store: for each partition, the offset up to which (inclusive) events belong to it.
///
/// A cut is a value: copy it, store it, ask with it again next year. The default cut of n partitions is the empty one,
/// before every event.
class cut {
public:
    cut() = default;
    explicit cut(std::uint32_t partitions) : offsets_(partitions) {}
    explicit cut(std::vector<offset> offsets) : offsets_(std::move(offsets)) {}

    /// Returns for how many partitions the cut has an offset; 0 for the empty cut.
    std::uint32_t partitions() const { return static_cast<std::uint32_t>(offsets_.size()); }

    /// Returns the partition's offset. A partition that the cut does not know reads as 0.
    offset at(partition_id partition) const {
        return partition.value() < offsets_.size() ? offsets_[partition.value()] : offset{};
    }

    /// Moves one partition of the cut, forward or back. Throws std::out_of_range for one that the cut does not have.
    void set(partition_id partition, offset to) { offsets_.at(partition.value()) = to; }

    /// Whether the event at `where` belongs to the cut.
    bool covers(position where) const { return where.at <= at(where.partition); }

    /// Whether every event of `other` belongs to this cut too.
    bool covers(const cut& other) const;

    friend bool operator==(const cut&, const cut&) = default;

private:
    std::vector<offset> offsets_;
};

/// Writes a cut as its offsets in partition order, comma-separated: `812,0,97,3`.
std::string to_string(const cut& where);

/// Reads what to_string(cut) wrote. Throws errc::invalid_argument on anything else.
cut parse_cut(std::string_view text);

}  // namespace leftfold::inline v0
