#pragma once

#include <memory>

#include "sqlite/sqlite_log.hpp"

namespace leftfold::inline v0::sqlite {

/// The log of a fork: its parent's at or below the cut, its own above it (semantics 33).
///
/// Everything above the port sees one log. What the parent appended after the cut is seen by nobody here, and nothing
/// is ever written to the parent.
///
/// There is no write_rows() here: who catches up with what is stored finds the events in its partition's own file, and
/// those of the parent are not there. So a late_participant is refused instead of being shown half of them.
class fork_log final : public partition_log, public participating_log {
public:
    fork_log(std::unique_ptr<partition_log> parent, std::unique_ptr<sqlite_log> own)
        : parent_(std::move(parent)), own_(std::move(own)) {}

    log_capabilities capabilities() const override { return own_->capabilities(); }
    fence claim(partition_id partition, std::string_view owner) override { return own_->claim(partition, owner); }
    append_report append(fence& held, std::span<const event_view> group) override { return own_->append(held, group); }
    append_report append_decided(fence& held,
                                 function_ref<std::span<const event_view>(group_transaction&)> decide) override {
        return own_->append_decided(held, decide);
    }
    std::optional<partition_head> resolve(fence& held, event_id first_of_group) override {
        return own_->resolve(held, first_of_group);
    }
    partition_head head(partition_id partition) override { return own_->head(partition); }
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override;
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override;

    const store_place& place() const { return own_->place(); }

private:
    offset cut(partition_id partition) const { return own_->place().begins_after(partition).at; }

    std::unique_ptr<partition_log> parent_;
    std::unique_ptr<sqlite_log> own_;
};

/// Returns where the store lies whose log this is; nothing when it is no SQLite store's.
const store_place* place_of(const partition_log& log);

}  // namespace leftfold::inline v0::sqlite
