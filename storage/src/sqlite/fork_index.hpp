#pragma once

#include <memory>
#include <vector>

#include "leftfold/storage/stream_index.hpp"

namespace leftfold::inline v0::sqlite {

/// The stream index of a fork's parent as it was at the cut, without a copy: the parent's own, whose answers are cut
/// off there. A stream that has gone on since costs O(log versions) more look-ups for its head.
///
/// Nothing is added to it, and its parent's is never written.
class index_below final : public stream_index {
public:
    /// `cut` has the last offset of each partition that counts.
    index_below(std::unique_ptr<stream_index> whole, std::vector<offset> cut)
        : whole_(std::move(whole)), cut_(std::move(cut)) {}

    void add(partition_id, std::span<const event_view>) override {}
    std::optional<stream_head> head(partition_id partition, const stream_id& stream) override;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override;
    std::optional<offset> find_id(partition_id partition, const event_id& id) override;
    offset indexed_to(partition_id partition) override { return cut_[partition.value()]; }
    void rebuild(partition_id) override {}

private:
    bool is_below(partition_id partition, offset at) const { return at <= cut_[partition.value()]; }

    std::unique_ptr<stream_index> whole_;
    std::vector<offset> cut_;
};

/// The stream index of a fork: what its parent had at the cut, then its own. A stream's versions in the second follow
/// those in the first.
class fork_index final : public stream_index {
public:
    fork_index(std::unique_ptr<stream_index> below, std::unique_ptr<stream_index> own)
        : below_(std::move(below)), own_(std::move(own)) {}

    void add(partition_id partition, std::span<const event_view> committed) override {
        own_->add(partition, committed);
    }
    std::optional<stream_head> head(partition_id partition, const stream_id& stream) override;
    std::vector<offset> find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                             direction way) override;
    std::optional<offset> find_id(partition_id partition, const event_id& id) override;
    offset indexed_to(partition_id partition) override { return own_->indexed_to(partition); }
    void rebuild(partition_id partition) override { own_->rebuild(partition); }

private:
    std::vector<offset> find_backward(partition_id partition, const stream_id& stream, version from, std::size_t count);

    std::unique_ptr<stream_index> below_;
    std::unique_ptr<stream_index> own_;
};

}  // namespace leftfold::inline v0::sqlite
