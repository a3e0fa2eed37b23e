#pragma once

#include <span>

#include "leftfold/storage/commit_participant.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// The open transaction of a group, as the partition's writer sees it: what is written for one append can be taken back
/// alone. One append at a time.
class group_transaction : public commit_transaction {
public:
    /// Marks where an append begins (a savepoint). From here to its end the participants act, who may not touch what is
    /// the store's.
    virtual void begin_append() = 0;
    /// Keeps what was written since, or takes it back. Both throw errc::io_error when the whole transaction is gone:
    /// the engine rolled it back, for want of space, say.
    virtual void keep_append() = 0;
    virtual void undo_append() = 0;
};

/// What a log implements besides partition_log when it declares log_capabilities::same_transaction_projections: a group
/// whose content is decided inside of the transaction that stores it.
class participating_log {
public:
    virtual ~participating_log() = default;

    /// Calls `decide` once, inside of the transaction and after the fence was checked, and then stores what it returns,
    /// with the outcomes of partition_log::append. The views must live until this returns. Nothing to store rolls the
    /// transaction back, and counts as committed. When `decide` throws, nothing is stored, and the report is
    /// retry_after with its code.
    virtual append_report append_decided(fence& held,
                                         function_ref<std::span<const event_view>(group_transaction&)> decide) = 0;

    /// Calls `write` once, inside of a transaction of its own and after the fence was checked, and commits what it
    /// wrote for participants, without an event. Outcomes as those of append(), and as above when `write` throws. After
    /// outcome_unknown the partition is to be claimed again. Without it, nobody can catch up with what is stored: the
    /// default calls nothing, and reports retry_after with errc::unsupported.
    virtual append_report write_rows(fence& held, function_ref<void(group_transaction&)> write) {
        static_cast<void>(held);
        static_cast<void>(write);
        return {append_status::retry_after, errc::unsupported, "the log has no transaction for rows alone"};
    }
};

}  // namespace leftfold::inline v0
