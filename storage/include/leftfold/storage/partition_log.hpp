#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event.hpp"
#include "leftfold/storage/reading.hpp"

namespace leftfold::inline v0 {

/// What an acknowledged append survives.
enum class durability {
    power_loss,     ///< the machine losing power at any moment
    process_crash,  ///< the process being killed; a power cut may take the newest appends
    none,           ///< nothing: memory, or a file that is never synced
};

/// What an engine can do, declared by it and never silently emulated.
struct log_capabilities {
    durability level = durability::none;
    /// Finds the events of a stream by itself, so that a store needs no index of its own beside it.
    bool native_stream_index = false;
    /// Lets several processes own partitions of one store at the same time.
    bool multi_writer = false;
    /// Stores rows of commit participants in the transaction of the events (participating_log).
    bool same_transaction_projections = false;
    /// Tells other processes of growth; without it they have to look.
    bool push_wakeup = false;
};

/// The end of a partition: its last event, or zeroes when it has none.
struct partition_head {
    offset at{};
    recorded_at recorded{};
    chain_hash chain{};

    friend bool operator==(const partition_head&, const partition_head&) = default;
};

/// The right to append to one partition, given by claim(). It knows where the next group goes; append() moves it on.
struct fence {
    partition_id partition{};
    /// One per owner, raised by each claim. Another number than the store's epoch.
    std::int64_t epoch{};
    partition_head head{};
};

/// How an append to a partition ended.
enum class append_status {
    committed,        ///< the whole group is durable at the engine's level, and the fence moved on
    fenced,           ///< somebody claimed the partition since; nothing was stored
    head_moved,       ///< the head is not where the fence has it; nothing was stored
    outcome_unknown,  ///< the group is stored whole or not at all, and the engine cannot say which: ask resolve()
    retry_after,      ///< nothing was stored; a later attempt may succeed (no space, engine busy)
};

/// An append's status and, unless it committed, why: one clause for people, and the code that its callers are to get.
struct append_report {
    append_status status = append_status::committed;
    errc cause = errc::ok;
    std::string detail{};
};

/// An engine's log: append a group of commits to a partition under a fence, and read it back in order.
///
/// This is all that an engine has to do. Expected versions, idempotency, times, group commit and waiting are written
/// once above it, in the partition writer, which alone decides what a group holds: offsets dense after the fence's
/// head, times rising, chain and checksums filled in. An engine stores these columns as they are.
///
/// Thread safety: append() of different partitions and all reading may go on at once; append() of one partition is
/// called by one thread at a time. What append() reports as committed is seen by every read that begins later; what
/// it has not committed is seen by none.
///
/// The contract suite in <leftfold/testing/log_contract.hpp> says all this as tests. An engine's own test file needs
/// little more than an instantiation of it.
class partition_log {
public:
    virtual ~partition_log() = default;

    /// Returns what the engine can do: the same for as long as it lives.
    virtual log_capabilities capabilities() const = 0;

    /// Makes `owner` the one that may append to the partition, and returns its fence with the head as it is now. Every
    /// fence that was given for the partition before can append no more, from the moment that this returns. Throws when
    /// the partition cannot be opened.
    virtual fence claim(partition_id partition, std::string_view owner) = 0;

    /// Stores the group after the fence's head: all of it or nothing, durably at the engine's level, then moves the
    /// fence's head to the group's last event. Never throws for what happened to the group; the report says it.
    virtual append_report append(fence& held, std::span<const event_view> group) = 0;

    /// Says, after outcome_unknown, whether the group whose first event has this id was stored: the head as it is now
    /// when it was, nothing when it was not and never will be. Opens again what the failed commit left in doubt, so
    /// that the answer is final, and keeps the claim. Throws while the engine still cannot tell; ask again later.
    virtual std::optional<partition_head> resolve(fence& held, event_id first_of_group) = 0;

    /// Returns the partition's committed head.
    virtual partition_head head(partition_id partition) = 0;

    /// Gives the sink one page of the partition's events after `after`, in offset order, each checked against its
    /// checksums. A gap in the offsets, or a checksum that does not agree, throws errc::corrupt, naming partition and
    /// offset. Filters look at envelopes; the payload column of a row that does not match is not touched.
    virtual page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                          payloads wanted, event_sink sink) = 0;

    /// Gives the sink the events at these offsets, in the order asked. An offset that the partition does not hold
    /// throws errc::corrupt: whoever asks has it from an index or a checkpoint.
    virtual void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) = 0;
};

}  // namespace leftfold::inline v0
