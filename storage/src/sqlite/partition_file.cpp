#include "sqlite/partition_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "sqlite/event_rows.hpp"
#include "sqlite/failure.hpp"
#include "sqlite/partition_schema.hpp"
#include "sqlite/raw_file.hpp"

namespace leftfold::inline v0::sqlite {

namespace {

// FULL syncs the WAL at each commit. NORMAL syncs at checkpoints only: a power cut takes the newest commits but leaves
// the file whole. OFF never syncs, and a power cut may leave anything.
const char* synchronous(durability level) {
    switch (level) {
        case durability::power_loss:
            return "PRAGMA synchronous = FULL";
        case durability::process_crash:
            return "PRAGMA synchronous = NORMAL";
        case durability::none:
            return "PRAGMA synchronous = OFF";
    }
    return "PRAGMA synchronous = FULL";
}

int note_wal_size(void* target, sqlite3*, const char*, int pages) {
    *static_cast<int*>(target) = pages;
    return SQLITE_OK;
}

}  // namespace

std::filesystem::path store_place::partition_file(partition_id partition) const {
    return directory / fmt::format("partition-{:04}.db", partition.value());
}

void partition_file::close() {
    const std::scoped_lock lock(mutex_);
    close_now();
}

void partition_file::close_now() {
    insert_ = {};
    head_ = {};
    fence_ = {};
    db_.close();
    wal_pages_ = 0;
    copied_at_ = 0;
}

void partition_file::open() {
    close_now();
    auto how = place_.writer();
    if (place_.level == durability::power_loss) {
        gathering_ = gathering_vfs::over(place_.vfs);
        how.vfs = gathering_->name();
    }
    db_ = connection(place_.partition_file(partition_), how);
    check_format(db_);  // before anything is written: choosing the WAL makes a database of an empty file
    if (db_.query_text("PRAGMA journal_mode = WAL") != "wal")
        throw error(errc::unsupported, fmt::format("opening {}: SQLite gives no WAL here", db_.file().string()));
    db_.execute(synchronous(place_.level));
    // A WAL that grew beyond this once is cut back when it starts anew.
    db_.execute("PRAGMA journal_size_limit = 67108864");
    // Replaces SQLite's own checkpoint inside of a commit: bound_wal() decides when.
    sqlite3_wal_hook(db_.handle(), note_wal_size, &wal_pages_);
    check_partition(db_, place_.store, partition_, place_.begins_after(partition_));
    // The triggers guard the file against other programs. Here they would cost a tenth of the throughput, and this
    // connection has no statement that changes or deletes an event.
    sqlite3_db_config(db_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    guard_.watch(db_);
    insert_ = prepare_insert(db_);
    head_ = prepare_head(db_);
    fence_ = {db_, R"(SELECT epoch, (SELECT max("offset") FROM event) FROM fence)"};
}

// Opens so that what is read now is what a power cut would leave: after a sync that failed, pages that still read well
// may never have reached the disk, and later syncs succeed without them. Copying the whole WAL into the database writes
// them again. When it fails the file is closed: what is open is open whole.
void partition_file::open_settled() {
    try {
        open();
        checkpoint_wal(db_, checkpoint_mode::truncate);
    } catch (...) {
        close_now();
        throw;
    }
}

// A fork's partition has a file from its first append on. One without tables is what a power cut left of the making.
bool partition_file::is_made() {
    if (is_made_ || !place_.fork) return true;
    const auto file = place_.partition_file(partition_);
    if (!file_exists(place_.vfs, file)) return false;
    connection db(file, place_.writer());
    return is_made_ = has_partition(db);
}

// The claims that were made so far are in the file from the start, so that the one that counts still does.
void partition_file::make() {
    const auto file = place_.partition_file(partition_);
    for (const auto* suffix : {"", "-wal", "-shm"}) delete_file(place_.vfs, file.string() + suffix);
    connection db(file, {.mode = file_access::create, .vfs = place_.vfs});
    create_partition(db, place_.store, partition_, unmade_epoch_);
    is_made_ = true;
}

partition_head partition_file::head_now() {
    const auto last = read_head(head_, partition_);
    return last.at == offset{} ? place_.begins_after(partition_) : last;
}

// Makes the outcome of a failed commit final. Whatever stands in the WAL behind the last commit that counts is
// overwritten by this one, so that no later recovery can take it for committed; and what counts is copied out of the
// WAL, as above.
void partition_file::settle() {
    open();
    db_.execute("UPDATE fence SET settled = settled + 1");
    if (!checkpoint_wal(db_, checkpoint_mode::truncate).complete())
        throw error(errc::locked, fmt::format("settling {}: a reader holds on to its WAL", db_.file().string()));
    in_doubt_ = false;
}

fence partition_file::claim(std::string_view owner) {
    const std::scoped_lock lock(mutex_);
    if (in_doubt_)
        settle();
    else if (!db_.is_open() && !is_made())
        return {partition_, ++unmade_epoch_, place_.begins_after(partition_)};
    else if (!db_.is_open())
        open_settled();
    try {
        transaction change(db_);
        statement(db_, "UPDATE fence SET epoch = epoch + 1, owner = ?1").bind_text(1, owner).run();
        fence given{partition_, db_.query_number("SELECT epoch FROM fence"), head_now()};
        change.commit();
        return given;
    } catch (const error&) {
        in_doubt_ = true;  // the claim may have been made: no matter, the next one is higher
        throw;
    }
}

namespace {

append_report fenced_by(const fence& held, std::int64_t epoch) {
    return {append_status::fenced, errc::fenced,
            fmt::format("the fence's epoch is {}, the partition's {}", held.epoch, epoch)};
}

append_report moved_to(const fence& held, offset head) {
    return {append_status::head_moved, errc::fenced,
            fmt::format("the fence's head is {}, the partition's {}", held.head.at.value(), head.value())};
}

}  // namespace

std::optional<append_report> partition_file::refuse_unmade(const fence& held) const {
    const auto head = place_.begins_after(partition_).at;
    if (held.epoch != unmade_epoch_) return fenced_by(held, unmade_epoch_);
    if (held.head.at != head) return moved_to(held, head);
    return std::nullopt;
}

std::optional<append_report> partition_file::refuse(const fence& held) {
    const reset_at_end guard(fence_);
    if (!fence_.step()) throw_corrupt({partition_, held.head.at}, "the table \"fence\" is empty");
    if (fence_.number(0) != held.epoch) return fenced_by(held, fence_.number(0));
    const auto head = std::max(offset{fence_.number(1)}, place_.begins_after(partition_).at);
    if (head != held.head.at) return moved_to(held, head);
    return std::nullopt;
}

append_report partition_file::append_decided(fence& held,
                                             function_ref<std::span<const event_view>(group_transaction&)> decide) {
    return commit(held, [&](open_group& in) -> std::optional<partition_head> {
        const auto group = decide(in);
        if (group.empty()) return std::nullopt;
        for (const auto& event : group) insert(insert_, event);
        return partition_head{group.back().at, group.back().recorded, group.back().integrity.chain};
    });
}

append_report partition_file::write_rows(fence& held, function_ref<void(group_transaction&)> write) {
    return commit(held, [&](open_group& in) {
        write(in);
        return std::optional(held.head);
    });
}

/// Commits what `write` writes, unless it returns nothing. It returns the head as it is then.
append_report partition_file::commit(fence& held, function_ref<std::optional<partition_head>(open_group&)> write) {
    const std::scoped_lock lock(mutex_);
    if (in_doubt_ || (!db_.is_open() && unmade_epoch_ == 0))
        return {append_status::retry_after, errc::io_error,
                "an earlier commit is still in doubt: it is to be resolved first"};
    bool is_committing = false;
    std::optional<partition_head> head;
    try {
        if (!db_.is_open()) {
            if (!is_made()) {
                if (auto refused = refuse_unmade(held)) return *refused;
                make();
            }
            open_settled();
        }
        bound_wal();
        transaction change(db_);
        if (auto refused = refuse(held)) return *refused;
        {
            open_group writing(db_, guard_);
            head = write(writing);
        }
        if (!head) return {};
        is_committing = true;
        change.commit();
    } catch (const error& failed) {
        return report_failed(failed, held, is_committing);
    }
    held.head = *head;
    return {};
}

append_report partition_file::report_failed(const error& failed, const fence& held, bool was_committing) {
    // Before the COMMIT nothing was stored. A COMMIT that found no space did not finish writing its last page, and one
    // that found a lock did not begin, so nothing was stored either; the head is looked at all the same, through the
    // connection that knows how far the WAL counts.
    if (was_committing && (failed.kind() == errc::disk_full || failed.kind() == errc::locked)) {
        try {
            was_committing = head_now() != held.head;
        } catch (const error&) {
            // Still in doubt.
        }
    }
    if (!was_committing) return {append_status::retry_after, failed.kind(), failed.what()};
    in_doubt_ = true;
    return {append_status::outcome_unknown, failed.kind(), failed.what()};
}

std::optional<partition_head> partition_file::resolve(fence& held, event_id first_of_group) {
    const std::scoped_lock lock(mutex_);
    if (in_doubt_) settle();
    if (!db_.is_open()) {
        if (!is_made()) return std::nullopt;
        open_settled();
    }
    statement query(db_, R"(SELECT id FROM event WHERE "offset" = ?1)");
    query.bind(1, held.head.at.next().value());
    const reset_at_end guard(query);
    const std::string_view wanted(reinterpret_cast<const char*>(first_of_group.bytes.data()),
                                  first_of_group.bytes.size());
    if (!query.step() || query.blob(0) != wanted) return std::nullopt;
    held.head = head_now();
    return held.head;
}

void partition_file::bound_wal() {
    if (wal_pages_ < copied_at_) copied_at_ = 0;  // all was copied, and the WAL began anew
    if (wal_pages_ - copied_at_ < place_.wal_pages) return;
    try {
        const auto mode =
            wal_pages_ > wal_high * place_.wal_pages ? checkpoint_mode::restart : checkpoint_mode::passive;
        const auto done = checkpoint_wal(db_, mode);
        copied_at_ = done.complete() ? wal_pages_ : copied_at_ + place_.wal_pages;
    } catch (const error&) {
        // The WAL has it all; appending goes on while there is room.
        if (wal_pages_ / wal_max > place_.wal_pages) throw;
        copied_at_ += place_.wal_pages;
    }
}

}  // namespace leftfold::inline v0::sqlite
