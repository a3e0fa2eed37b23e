#pragma once

#include <optional>
#include <unordered_set>
#include <vector>

#include "head_cache.hpp"
#include "leftfold/storage/append.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::inline v0 {

/// How one append ended: an outcome, or the error that its caller is to get.
struct append_outcome {
    std::optional<error> failure{};
    append_result value{};
    /// Whether it was taken from the queue unanswered, because the store closed.
    bool cancelled = false;
};
using outcome_handler = unique_function<void(append_outcome)>;

/// An append that was checked on its caller's thread and waits for its partition's writer.
struct pending_append {
    std::vector<stream_append> streams;
    std::size_t events = 0;
    std::size_t bytes = 0;
    /// Whether its ids must be looked up: its caller gave some, or it is a retry.
    bool looked_up = false;
    outcome_handler done;
};

/// Decides what one group commit of a partition holds: looks up ids, checks versions against what the group itself has
/// changed so far, and lays out the events. Appends nothing, and takes no locks.
///
/// One group lives for one commit: add() each append, then stamp(), hand events() to the log, and settle() with how it
/// went.
class append_group {
public:
    append_group(partition_id partition, partition_log& log, stream_index& index, head_cache& heads)
        : partition_(partition), log_(log), index_(index), heads_(heads) {}

    /// Makes room for so many.
    void expect(std::size_t appends, std::size_t events);

    enum class verdict {
        joined,   ///< in the group; its handler is called by settle()
        settled,  ///< answered at once: a conflict, a repeat or an error; its handler was called
        waits,    ///< it loses to an append of this very group, which is not stored yet: add it to the next one
        later     ///< it repeats ids that stand in this very group: add it, and all after it, to the next one
    };
    verdict add(pending_append& append);

    bool empty() const { return events_.empty(); }
    std::size_t appends() const { return members_.size(); }
    std::size_t bytes() const { return bytes_; }
    event_id first_id() const { return events_.front().id; }

    /// Gives the events their offsets after `head` and times from `first` on, chains them, and fills in the checksums.
    void stamp(const partition_head& head, recorded_at first, chain_hasher& hasher);
    std::span<const event_view> events() const { return events_; }

    /// Asks about each append in turn, its events as stamp() will make them if it stays. Those that are refused leave
    /// the group, and so do those behind them that go to the same streams, whose versions are wrong then. May throw
    /// what `ask` throws, with nothing changed.
    using question = function_ref<std::optional<error>(std::span<const event_view>)>;
    void sift(const partition_head& head, recorded_at first, question ask);

    /// Calls the members' handlers with what they appended, and those of the refused with why.
    void settle_committed();
    /// Calls the members' handlers with the error, ids of their events included, and forgets what the group believed.
    /// The refused are to be asked again: what they were refused for is not stored.
    void settle_failed(errc cause, const std::string& detail);
    /// The appends that were not answered and are to be added to the next group, once this one is settled.
    const std::unordered_set<const pending_append*>& unanswered() const { return unanswered_; }

private:
    struct member {
        pending_append* append;
        std::size_t first;  // of its events in events_
        std::vector<version> versions;
    };

    struct refused_append {
        pending_append* append;
        error why;
    };

    void place(std::span<event_view> events, std::size_t first, offset after, std::int64_t recorded);
    void forget(const member& leaving, std::vector<const stream_id*>& unsure);
    version& head_of(const stream_id& stream);
    bool changes(const stream_id& stream) const;
    std::optional<append_outcome> find_repeat(const pending_append& append);
    std::optional<append_outcome> find_conflict(const pending_append& append);
    void lay_out(pending_append& append);

    partition_id partition_;
    partition_log& log_;
    stream_index& index_;
    head_cache& heads_;
    std::vector<member> members_;
    std::vector<refused_append> refused_;
    std::unordered_set<const pending_append*> unanswered_;
    std::vector<event_view> events_;
    std::vector<bool> undated_;                        // whether the event is to get its recorded_at as occurred_at
    std::unordered_set<event_id, event_id_hash> ids_;  // of members whose ids are looked up
    std::size_t bytes_ = 0;
};

/// Names an append in an error: how many events, to which stream, under which ids.
std::string describe(const pending_append& append);

}  // namespace leftfold::inline v0
