#pragma once
// What a repository does, once for all aggregates: load, decide, append, settle, keep.

#include <limits>
#include <memory>
#include <optional>

#include "leftfold/framework/command_context.hpp"
#include "leftfold/framework/detail/subject.hpp"
#include "leftfold/framework/executed.hpp"
#include "leftfold/framework/repository_options.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0::detail {

class command_state;
class residents;
class snapshot_keeper;

/// The last event of a fold: where it ends.
struct fold_end {
    leftfold::version version{};
    leftfold::position position{};
    recorded_at recorded{};
    chain_hash chain{};
    /// The version up to which the snapshot policy has done its part.
    leftfold::version kept{};
};

/// Which events of a stream are folded: those within every bound.
struct fold_bounds {
    leftfold::version at_most{std::numeric_limits<std::int64_t>::max()};
    offset up_to{std::numeric_limits<std::int64_t>::max()};
    recorded_at not_after = recorded_at::max();
};

class repository_core {
public:
    repository_core(const event_store& store, subject_type type, repository_options options);
    ~repository_core();

    stream_id stream(std::string_view key) const { return {type_.category, std::string{key}}; }
    event_store& store() { return store_; }
    snapshot_counts counts() const;
    resident_counts resident_states() const;

    result<executed, conflict> execute(subject& target, const stream_id& stream, const command_id* command,
                                       const command_context& context);
    [[noreturn]] void throw_exhausted(const conflict& lost) const;

    /// Makes `target` the stream's state as it is now, by way of the residents where there are some.
    fold_end load(subject& target, const stream_id& stream);
    /// Folds a stream in version order, from a snapshot where one helps.
    fold_end fold(subject& target, const stream_id& stream, const fold_bounds& bounds);
    /// Folds the events that occurred at or before `when`, in (occurred_at, version) order.
    fold_end fold_by_occurrence(subject& target, const stream_id& stream, occurred_at when, offset up_to);

    /// Applies one stored event, translated to today's. Throws errc::unknown_event_type and errc::invalid_event.
    void apply(subject& target, const event_view& event) const;
    /// Returns the version of the stream's last event within the bounds; 0 when there is none. O(log n) point reads.
    leftfold::version last_within(const stream_id& stream, const fold_bounds& bounds);

    snapshot_report verify_snapshots(subject& folded, const snapshot_check_options& options);

    /// Returns the cut with nothing but this place in it.
    cut only(position place) const;
    /// Refuses a cut of another store, or one that the partition has not reached.
    void check_cut(const cut& asked, const stream_id& stream);

private:
    friend class command_state;

    std::optional<executed> find_executed(const stream_id& stream, const command_id& command);
    result<appended, conflict> append(const stream_id& stream, version expected, const std::vector<event_data>& raised,
                                      attempt kind);
    void complete(std::vector<event_data>& raised, const stream_id& stream, const command_id* command,
                  const command_context& context) const;
    std::string describe(const stream_id& stream) const;
    fold_end restore(subject& target, const stream_id& stream, const fold_bounds& bounds);
    fold_end fold_from(fold_end end, subject& target, const stream_id& stream, const fold_bounds& bounds,
                       snapshot_keeper* keeper);
    /// The one for folds that may make snapshots; none in a store that is only read.
    snapshot_keeper* writing_keeper() const;
    bool is_snapshot_due(const fold_end& at, std::size_t more) const;
    void verify_stream(subject& folded, const stream_id& stream, snapshot_report& report);

    event_store store_;
    subject_type type_;
    repository_options options_;
    std::unique_ptr<snapshot_keeper> keeper_;  // none when snapshots are off
    std::unique_ptr<residents> residents_;     // none when they are off
};

}  // namespace leftfold::inline v0::detail
