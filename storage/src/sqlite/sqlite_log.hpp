#pragma once

#include <memory>
#include <vector>

#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/participating_log.hpp"
#include "sqlite/partition_file.hpp"
#include "sqlite/partition_reader.hpp"
#include "sqlite/store_place.hpp"

namespace leftfold::inline v0::sqlite {

/// The default engine: a SQLite database per partition, in WAL mode (docs/storage_format.md).
///
/// In each partition one connection writes and checkpoints, under a lock; a pool of read-only connections serves
/// everyone else. Opens nothing until it is asked to, but for the checks of check_all().
///
/// Of a fork it has the fork's own events alone: heads and offsets go on from the parent's at the cut, and what lies at
/// or below it is not here. fork_log joins the two.
class sqlite_log final : public partition_log, public participating_log {
public:
    sqlite_log(store_place place, leftfold::access access);
    ~sqlite_log() override;

    log_capabilities capabilities() const override;
    fence claim(partition_id partition, std::string_view owner) override;
    append_report append(fence& held, std::span<const event_view> group) override;
    append_report append_decided(fence& held,
                                 function_ref<std::span<const event_view>(group_transaction&)> decide) override;
    append_report write_rows(fence& held, function_ref<void(group_transaction&)> write) override;
    std::optional<partition_head> resolve(fence& held, event_id first_of_group) override;
    partition_head head(partition_id partition) override;
    page_end read(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                  payloads wanted, event_sink sink) override;
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink) override;

    /// Checks every partition's format, identity, tail and chain end over a read-only connection.
    void check_all();

    const store_place& place() const { return place_; }

private:
    struct partition_state;
    partition_state& state(partition_id partition);
    partition_file& writer(partition_id partition);
    bool is_made(partition_id partition);

    store_place place_;
    leftfold::access access_;
    int generation_;
    std::vector<std::unique_ptr<partition_state>> partitions_;
};

}  // namespace leftfold::inline v0::sqlite
