#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/event.hpp"

struct sqlite3;

namespace leftfold::inline v0 {

class event_store;

/// The transaction in which a group of appends is about to be stored, as its participants see it.
class commit_transaction {
public:
    virtual ~commit_transaction() = default;

    /// Returns the partition's database, inside of the transaction, where the engine is SQLite; nothing elsewhere.
    ///
    /// What a participant writes there stands in the partition's own file, beside the events. It may make tables and
    /// change their rows; the store's own tables (`event`, `store`, `fence`), transactions and savepoints, other
    /// databases and pragmas are out of its reach: SQLite refuses such a statement as "not authorized". A statement
    /// that it prepares has to be finalized before its call returns.
    virtual sqlite3* sqlite() = 0;
};

/// Why a participant refuses an append: the code and the words that its caller gets.
struct refusal {
    errc why = errc::duplicate_row;
    std::string text{};
};

/// Something that is to be true together with the events, always: rows in the same transaction, with a say in whether
/// an append may be stored (semantics 27). A unique e-mail address; a balance that is never behind.
///
/// A participant of a store takes part in each of its commits. Appends of one partition come one after another, those
/// of different partitions at the same time from different threads; each partition has rows of its own, and no
/// transaction spans two.
///
/// It runs inside the partition's commit section, where everyone else's append waits, so it must be quick. It must not
/// call the store, nor wait for anything that does.
class commit_participant {
public:
    virtual ~commit_participant() = default;

    /// Its name, for errors.
    virtual std::string_view name() const = 0;

    /// Makes what prepare() needs: tables, say. Called in the partition's first transaction after the store was opened,
    /// and again in later ones until one of them commits; so it must not mind what is there already. Events that were
    /// stored before the participant came are not shown to it: where they matter, it is a late_participant.
    virtual void set_up(partition_id partition, commit_transaction& in) {
        static_cast<void>(partition);
        static_cast<void>(in);
    }

    /// Sees one append before it is stored, and writes what belongs to it, or refuses it.
    ///
    /// The events are as they will be stored, offsets and times included, but for checksums and chain: if this append
    /// stays, and the commit succeeds. The rows that it finds include those of earlier appends of the same group.
    ///
    /// A refusal takes back what all participants have written for this append, gives its offsets and times to the
    /// next, and is told to its caller alone: a leftfold::error with the refusal's code and text, once the rows that it
    /// was founded on are durable. An exception counts as a refusal with its code (errc::io_error for what is no
    /// leftfold::error).
    virtual std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction& in) = 0;
};

/// A participant that catches up, as it joins, with what is stored already.
class late_participant : public commit_participant {
public:
    /// Brings its rows up to what is stored, a bounded part at a time. Called for each partition, every time in a
    /// transaction of its own, which is committed, until it returns false; nothing is appended meanwhile. Here, and
    /// only here, it may read events from the store. What it throws, join_commits() throws; the parts before are kept,
    /// so it has to find out where it was.
    virtual bool catch_up(partition_id partition, commit_transaction& in) = 0;
};

/// Makes `who` a participant of every commit of the store from now on, until the store is closed. Participants are
/// asked in the order in which they joined; the first that refuses decides. A late_participant catches up before
/// this returns.
///
/// For the owner, before its first append. Throws errc::unsupported where the log does not declare
/// log_capabilities::same_transaction_projections (the memory log does not), errc::read_only for a reader, and
/// errc::invalid_argument once something was appended through this handle: a participant that has missed commits would
/// not be one. For a late_participant also what catch_up() throws, errc::disk_full and errc::io_error, and
/// errc::unsupported where the log has no transaction for rows alone; then it has not joined.
void join_commits(event_store& store, std::shared_ptr<commit_participant> who);

}  // namespace leftfold::inline v0
