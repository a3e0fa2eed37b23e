#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "leftfold/storage/snapshot_store.hpp"
#include "sqlite/store_place.hpp"

namespace leftfold::inline v0::sqlite {

/// The snapshots of a fork: its own, and its parent's at or below the cut, which are lent under the fork's name and
/// never written.
///
/// What is dropped of those that were lent is only hidden, and only by this handle.
class fork_snapshots final : public snapshot_store {
public:
    /// `parent_now` is the parent as its manifest is today.
    fork_snapshots(const store_place& place, const manifest& parent_now, std::unique_ptr<snapshot_store> parent,
                   std::unique_ptr<snapshot_store> own)
        : fork_(place.fork),
          store_(place.store),
          parent_now_(parent_now),
          parent_(std::move(parent)),
          own_(std::move(own)) {}

    void save(const snapshot& made) override { own_->save(made); }
    std::optional<snapshot> find(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                 recorded_at not_after) override;
    std::size_t drop(const stream_id& stream, version from, version to) override;

private:
    std::optional<snapshot> borrow(const stream_id& stream, std::uint64_t fingerprint, version at_most,
                                   recorded_at not_after);

    // Streams with a borrowed snapshot that are kept in mind; the rest borrow none, which costs them time alone.
    static constexpr std::size_t borrowers_max = 65'536;

    struct loan {
        std::set<version> lent{};
        std::set<version> dropped{};
    };

    const std::shared_ptr<const fork_record> fork_;
    const manifest store_;
    const manifest parent_now_;
    const std::unique_ptr<snapshot_store> parent_;
    const std::unique_ptr<snapshot_store> own_;
    std::mutex mutex_;
    std::map<stream_id, loan> loans_;
};

}  // namespace leftfold::inline v0::sqlite
