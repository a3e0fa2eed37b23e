#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/position.hpp"
#include "sqlite/run_format.hpp"

namespace leftfold::inline v0::sqlite {

/// The newest events of a partition, indexed in memory until they become a run.
///
/// Two hash tables of indices into one array, whose place is the offset: adding costs two probes and no allocation of
/// its own, about 70 bytes an event. The events of a stream are linked from the newest to the oldest; each has a second
/// link that leaps over many, so that an old version among n is found in O(log n) steps (Myers, An applicative
/// random-access stack, Information Processing Letters 17, 1983). The caller guards it: one thread adds while none
/// looks up.
class recent_entries {
public:
    /// Begins empty, for the events after `after`.
    explicit recent_entries(offset after) : after_(after) {}

    /// What an event is found by.
    struct keys {
        run_key stream;
        run_key id;
    };

    /// Has the processor fetch what add() will touch. The tables are larger than its caches, so each probe of an event
    /// waits for memory; those of a whole group are fetched at the same time.
    void expect(const keys& of) const;

    /// Takes note of the event at to().next().
    void add(const keys& of, version at, const chain_hash& chain);

    offset after() const { return after_; }
    offset to() const { return after_.plus(static_cast<std::int64_t>(events_.size())); }
    const chain_hash& chain() const { return chain_; }
    std::size_t size() const { return events_.size(); }

    /// Returns the entries of that stream key with a version in [from, to] and an offset above `floor`,
    /// in the order of offsets.
    std::vector<run_entry> find(const run_key& key, std::int64_t from, std::int64_t to, offset floor) const;

    /// Returns the newest entry of that stream key above `floor`.
    std::optional<run_entry> newest(const run_key& key, offset floor) const;

    /// Returns the entries of that id key above `floor`.
    std::vector<run_entry> find_ids(const run_key& key, offset floor) const;

    /// Returns the entries of one half of the run that this becomes, in order.
    std::vector<run_entry> sorted(run_part_kind part) const;

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    struct event {
        run_key stream;
        std::uint64_t id;
        std::int64_t version;
        std::uint32_t before;  ///< the event before it with the same stream key
        std::uint32_t leap;    ///< that one or one far behind it; none for the first, and where it is_mixed()
    };

    /// A place in the table of streams. Part of the key stands beside the index, so that only the event of the same
    /// stream is looked at.
    struct slot {
        std::uint32_t event = none;
        std::uint32_t part = 0;
    };

    run_entry entry_of(std::uint32_t index) const;
    std::size_t slot_of(const run_key& stream) const;
    bool is_mixed(std::uint32_t event) const;
    std::uint32_t leap_over(std::uint32_t before) const;
    std::uint32_t newest_up_to(std::uint32_t event, std::int64_t version) const;
    void grow();

    offset after_;
    chain_hash chain_{};
    std::vector<event> events_;
    std::vector<slot> streams_;       ///< open addressing: the newest event of each key
    std::vector<std::uint32_t> ids_;  ///< open addressing: every event, by its id
};

}  // namespace leftfold::inline v0::sqlite
