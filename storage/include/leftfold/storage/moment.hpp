#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// One moment of one store: a time, and the cut that holds every event recorded at or before it and no other. Made by
/// moment_at, to ask many questions that all see the same events:
///
///     const leftfold::moment then = leftfold::moment_at(store, leftfold::recorded_at{march_15});
///     accounts.at("alice", then)->balance();
///     read.rows.as_of(then).find("alice");
///     store.read_all(leftfold::cut{}, then, …);
///
/// A value: copy it, write it down with to_string, send it to another process, ask with it next year. Its time was
/// closed when it was made, so its answers never change. It knows which store it is of: whoever gets one as text makes
/// sure with check_moment, or reads it with moment_of, so that a moment of another store gives an error and never
/// another answer.
///
/// Wherever a cut is asked for, a moment will do. Thread safety: as of any value.
class moment {
public:
    /// The store that it is a moment of, and how often that had been restored.
    const store_id& store() const { return store_; }
    store_epoch epoch() const { return epoch_; }
    recorded_at time() const { return time_; }
    const leftfold::cut& cut() const { return cut_; }
    /// A moment is a cut that says when and of which store. NOLINTNEXTLINE(google-explicit-constructor)
    operator const leftfold::cut&() const { return cut_; }
    /// Names the events of the cut: derived from the chain hashes of the partitions there. Equal names, equal events.
    const event_id& history() const { return history_; }

    friend bool operator==(const moment&, const moment&) = default;

private:
    friend moment moment_at(event_store& store, recorded_at when, const as_of_options& options);
    friend moment parse_moment(std::string_view text);
    moment(const store_id& store, store_epoch epoch, recorded_at time, leftfold::cut cut, const event_id& history)
        : store_(store), epoch_(epoch), time_(time), cut_(std::move(cut)), history_(history) {}

    store_id store_;
    store_epoch epoch_;
    recorded_at time_;
    leftfold::cut cut_;
    event_id history_;
};

/// Returns the moment of `when`. Waits for the time to close, and throws, as event_store::cut_at; costs one more point
/// read a partition.
moment moment_at(event_store& store, recorded_at when, const as_of_options& options = {});

/// Writes a moment as one word, its parts divided by slashes: time, cut, store, epoch, history, and the CRC-32C of all
/// before it. About 130 bytes, and some for each partition.
///
///     2026-03-15T00:00:00Z/812,0,97,3/01927f3e-8c2a-7cc3-98c4-dc0c0c07398f/0/9e7d01c2-…/1f2e3d4c
std::string to_string(const moment& then);

/// Reads what to_string(moment) wrote, in any version. Throws errc::invalid_argument, with the reason, on anything
/// else: a line that was cut off or altered is seen.
moment parse_moment(std::string_view text);

/// Makes sure that the store has the past that the moment is of: its id, its epoch, and the same events up to the same
/// cut. Costs what moment_at costs.
///
/// Throws errc::foreign_file when it has not: it is another store, one that was restored since, or a copy that parted
/// from it or lacks its end; the text says which. Throws as moment_at while the store cannot tell.
void check_moment(event_store& store, const moment& asked);

/// Reads a moment that is to be one of this store. Throws as parse_moment and check_moment.
moment moment_of(event_store& store, std::string_view text);

}  // namespace leftfold::inline v0
