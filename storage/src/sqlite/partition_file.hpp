#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "leftfold/storage/partition_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/gathering_vfs.hpp"
#include "sqlite/open_group.hpp"
#include "sqlite/statement.hpp"
#include "sqlite/store_place.hpp"

namespace leftfold::inline v0::sqlite {

/// The writing side of one partition's database: the only connection that writes to it, and the only one that
/// checkpoints.
///
/// Two connections that checkpoint can lose committed pages (SQLite's WAL-reset bug, 3.7.0 to 3.51.2), so this is a
/// rule and not a habit. Thread-safe; the functions are those of partition_log and
/// participating_log.
class partition_file {
public:
    partition_file(const store_place& place, partition_id partition) : place_(place), partition_(partition) {}

    fence claim(std::string_view owner);
    append_report append_decided(fence& held, function_ref<std::span<const event_view>(group_transaction&)> decide);
    append_report write_rows(fence& held, function_ref<void(group_transaction&)> write);
    std::optional<partition_head> resolve(fence& held, event_id first_of_group);

    /// Closes the connection; SQLite moves the WAL into the database when no reader is left.
    void close();

private:
    void open();
    void close_now();
    void open_settled();
    bool is_made();
    void make();
    partition_head head_now();
    std::optional<append_report> refuse_unmade(const fence& held) const;
    void settle();
    void bound_wal();
    std::optional<append_report> refuse(const fence& held);
    append_report commit(fence& held, function_ref<std::optional<partition_head>(open_group&)> write);
    append_report report_failed(const error& failed, const fence& held, bool was_committing);

    // The WAL is copied into the database when it has grown by store_place::wal_pages; beyond the first of these times
    // that, readers that overlap without end are made to let go of it; beyond the second (copying fails, or a reader is
    // stuck) appends are refused until it succeeds.
    static constexpr int wal_high = 4;
    static constexpr int wal_max = 32;

    const store_place& place_;
    partition_id partition_;
    std::mutex mutex_;
    bool is_made_ = false;           // whether there is known to be a file
    std::int64_t unmade_epoch_ = 0;  // of the last claim before there was one
    bool in_doubt_ = false;          // a commit failed and nobody has looked at what became of it
    int wal_pages_ = 0;
    int copied_at_ = 0;  // wal_pages_ when it was copied last
    // Before the connection, which they must outlive.
    participant_guard guard_;
    std::shared_ptr<const gathering_vfs> gathering_;
    connection db_;
    statement insert_;
    statement head_;
    statement fence_;
};

}  // namespace leftfold::inline v0::sqlite
