#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

class event_store;
using store_id = event_id;

/// One moment of one store: a time, and the cut that holds every event recorded at or before it and no other. Made by
/// event_store::at, to ask many questions that all see the same events:
///
///     const auto then = store.at(leftfold::recorded_at{march_15});
///     accounts.at("alice", then)->balance();
///     read.rows.as_of(then).find("alice");
///     store.read_all(leftfold::cut{}, then.cut(), …);
///
/// A value: copy it, write it down with to_string, send it to another process, ask with it next year. Its time was
/// closed when it was made, so its answers never change. It knows which history it is of, and whatever is asked with it
/// makes sure that this is its own: a moment of another store, or of this one before it was restored, is
/// errc::other_history and never another answer.
///
/// Thread safety: as of any value.
class moment {
public:
    /// The store that it is a moment of, and how often that had been restored.
    const store_id& store() const { return store_; }
    store_epoch epoch() const { return epoch_; }
    recorded_at time() const { return time_; }
    const leftfold::cut& cut() const { return cut_; }
    /// Names the events of the cut: derived from the chain hashes of the partitions there. Equal names, equal events.
    const event_id& history() const { return history_; }

    friend bool operator==(const moment&, const moment&) = default;

private:
    friend class event_store;
    friend moment parse_moment(std::string_view text);
    moment(const store_id& store, store_epoch epoch, recorded_at time, leftfold::cut cut, const event_id& history)
        : store_(store), epoch_(epoch), time_(time), cut_(std::move(cut)), history_(history) {}

    store_id store_;
    store_epoch epoch_;
    recorded_at time_;
    leftfold::cut cut_;
    event_id history_;
};

/// Writes a moment as one word, its parts divided by slashes: time, cut, store, epoch, history, and the CRC-32C of all
/// before it. About 130 bytes, and some for each partition.
///
///     2026-03-15T00:00:00Z/812,0,97,3/01927f3e-8c2a-7cc3-98c4-dc0c0c07398f/0/9e7d01c2-…/1f2e3d4c
std::string to_string(const moment& then);

/// Reads what to_string(moment) wrote, in any version. Throws errc::invalid_argument, with the reason, on anything
/// else: a line that was cut off or altered is seen.
moment parse_moment(std::string_view text);

/// Reads a moment that is to be one of this store: parse_moment, then event_store::check, which say what they throw.
moment moment_of(event_store& store, std::string_view text);

}  // namespace leftfold::inline v0
