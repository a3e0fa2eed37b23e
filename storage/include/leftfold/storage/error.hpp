#pragma once

#include <string>
#include <system_error>
#include <type_traits>

namespace leftfold::inline v0 {

/// Every way in which an operation of leftfold can fail, one code each.
///
/// docs/errors.md gives the cause of each and what to do about it. Expected outcomes (a version conflict, a refused
/// command) are values and have no code here.
enum class errc {
    ok = 0,

    // What the caller gave.
    invalid_name,          ///< a category, stream key or store name breaks the rules of names.hpp
    invalid_utf8,          ///< text that must be UTF-8 is not
    invalid_argument,      ///< an argument outside its documented range
    event_too_large,       ///< a payload over store_limits::event_bytes
    batch_too_large,       ///< an append of more than store_limits::batch_events events
    headers_too_large,     ///< headers over store_limits::header_bytes
    different_partitions,  ///< an atomic append names streams of different partitions
    partial_duplicate,     ///< some of an append's event ids are stored already, others not
    id_reused,             ///< an event id is stored already with other content, or stands twice in one append

    // The writer.
    would_block,      ///< the append queue is full and the caller asked not to wait
    fenced,           ///< another owner has claimed the partition since
    outcome_unknown,  ///< the commit's I/O failed: the events may or may not be stored
    store_closed,     ///< the store is closed or closing
    forked,           ///< the handle was inherited over fork(2)
    locked,           ///< another process (or handle) owns the store
    timed_out,        ///< a deadline passed; nothing was done
    disk_full,        ///< no space; nothing was written
    io_error,         ///< the file system failed

    // Time.
    not_yet,        ///< a question about a time that has not come
    not_closed,     ///< a question about a time that may still receive events
    other_history,  ///< a moment of another store, or of this one before it was restored
    clock_jump,     ///< the wall clock jumped forward further than limits allow
    clock_ahead,    ///< the store's clock is further ahead of the wall clock than limits allow

    // The files.
    not_found,            ///< no store, file or table of that name
    already_exists,       ///< something of that name is there already
    corrupt,              ///< stored bytes are not what was written; the text names partition and offset
    foreign_file,         ///< a file that leftfold did not make, or of another store
    newer_format,         ///< written by a later version of leftfold
    read_only,            ///< writing where only reading is possible
    network_file_system,  ///< a store on a file system without reliable locks
    unsupported,          ///< the engine cannot give what was asked, and does not pretend to

    // Events and aggregates.
    unknown_event_type,  ///< an event whose durable name nobody registered or ignores
    invalid_event,       ///< a payload that does not decode; the text has type, JSON path and reason
    name_collision,      ///< two event types (or projections) claim one durable name
    conflict_exhausted,  ///< a command lost the race for its stream more often than it may

    // Read models.
    behind,              ///< the read model has not reached the position asked for
    incomplete,          ///< events at or before the time asked for are parked
    before_history,      ///< the table's history begins later than the time asked for
    stale_model,         ///< the read model belongs to another store or to a restored one
    missing_row,         ///< a row that the fold relies on is not there
    duplicate_row,       ///< a row is inserted under a key that is taken
    projection_stopped,  ///< it folds no more: an event failed, or somebody paused or stopped it
};

/// Returns the category of errc: its name is "leftfold", and its messages are one plain sentence each.
const std::error_category& error_category() noexcept;

/// Makes an error code of leftfold's category.
std::error_code make_error_code(errc code) noexcept;

/// An operation that failed, and what was being done when it did.
///
/// Thrown by blocking calls; asynchronous ones complete with `code()` alone. `what()` reads as one sentence:
/// what was being done, then what went wrong.
class error : public std::system_error {
public:
    /// `doing` says what was being done, with the names and numbers that a reader needs.
    error(errc code, const std::string& doing) : std::system_error(make_error_code(code), doing), errc_(code) {}

    /// Returns the code as the enumeration, fit for a switch.
    errc kind() const noexcept { return errc_; }

private:
    errc errc_;
};

}  // namespace leftfold::inline v0

template <>
struct std::is_error_code_enum<leftfold::errc> : std::true_type {};
