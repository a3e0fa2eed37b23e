#pragma once

#include <filesystem>
#include <vector>

#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"

namespace leftfold::inline v0 {

/// A store that is being filled with the events of another: below the event store, through the engine's own port, so
/// that offsets, times and chain are the original's. Holds the target's lock while it lives. What was not finished is
/// no store: a copy with open_mode::create begins it anew, one with open_or_create goes on.
class store_copy {
public:
    store_copy(const std::filesystem::path& target, open_mode mode, std::uint32_t partitions, store_identity identity);
    ~store_copy();

    std::uint32_t partitions() const { return parts_.partitions; }
    const partition_head& head(partition_id partition) const { return fences_[partition.value()].head; }

    /// How far the copy has come.
    checkpoint reached() const;

    /// Appends events that stand right after the partition's head, as they are. Throws what keeps them from being
    /// stored.
    void append(partition_id partition, std::span<const event_view> events);

    /// Says on the copy's bulletin that all of it is closed, and where its clock may go on; and makes it a store.
    void finish();

private:
    std::filesystem::path directory_;
    store_parts parts_;
    std::vector<fence> fences_;
};

}  // namespace leftfold::inline v0
