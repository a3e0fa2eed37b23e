#pragma once
// Finds, checks, makes and thins out the snapshots of one aggregate class.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "leftfold/framework/detail/repository_core.hpp"
#include "leftfold/storage/snapshot_store.hpp"

namespace leftfold::inline v0::detail {

#ifdef NDEBUG
inline constexpr std::uint32_t refold_every_by_default = 0;
#else
inline constexpr std::uint32_t refold_every_by_default = 64;
#endif

/// Safe from any thread. Trouble with the snapshot store itself is told to the observer and otherwise costs time only.
class snapshot_keeper {
public:
    snapshot_keeper(event_store& store, snapshot_policy policy, std::uint64_t fingerprint)
        : store_(store),
          policy_(policy),
          refold_every_(policy.refold_every.value_or(refold_every_by_default)),
          fingerprint_(fingerprint) {}

    const snapshot_policy& policy() const { return policy_; }
    snapshot_counts counts() const { return {used_, kept_, discarded_}; }

    /// Sets `target` from the newest snapshot within the bounds that matches the log and the code, and returns where it
    /// ends; the default when there is none. What does not match is dropped.
    fold_end restore(subject& target, const stream_id& stream, const fold_bounds& bounds);

    /// Whether the snapshot that was restored last is one of the sample that is folded again.
    bool wants_refold() const { return refold_every_ != 0 && used_ % refold_every_ == 0; }
    /// Drops a snapshot that is not what its events fold to, and says so.
    void disown(const stream_id& stream, version at, const change& found);

    /// Whether the stream has a snapshot of this code.
    bool has_any(const stream_id& stream) {
        return store_.snapshots().find(stream, fingerprint_, version{INT64_MAX}, recorded_at::max()).has_value();
    }
    /// Returns the stream's snapshots of this code, oldest first.
    std::vector<snapshot> all_of(const stream_id& stream);
    /// Whether it is of this store, this epoch and this history.
    bool matches_log(const snapshot& kept) const;

    /// Keeps the fold as the stream's newest snapshot, and drops those that are no longer needed.
    void keep(const subject& folded, const stream_id& stream, const fold_end& end);

private:
    std::optional<snapshot> find(const stream_id& stream, fold_bounds bounds);
    void discard(const snapshot& kept);
    void thin_out(const stream_id& stream, version newest);
    void warn(const stream_id& stream, const char* doing, const std::exception& why) const;

    event_store& store_;
    snapshot_policy policy_;
    std::uint32_t refold_every_;
    std::uint64_t fingerprint_;
    std::atomic<std::uint64_t> used_{0};
    std::atomic<std::uint64_t> kept_{0};
    std::atomic<std::uint64_t> discarded_{0};
};

}  // namespace leftfold::inline v0::detail
