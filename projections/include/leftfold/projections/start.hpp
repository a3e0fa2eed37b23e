#pragma once

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// Where a projection that is new begins:
///
///     engine.add<balances>({.database = "bank.views.db", .start = leftfold::start_at::ago(std::chrono::days{30})});
///
/// The place is looked up once, when the projection is added for the first time, and is then kept beside its checkpoint
/// with the hash of the events before it. From then on the value is not looked at: a restart goes on from the
/// checkpoint, and a rebuild begins at the kept place. When the store was restored since to a time before that place,
/// the rebuild begins with what was recorded from the same time on.
///
/// Rows then hold what the events since the start say, and nothing that earlier ones did; a projection whose `on` wants
/// rows that earlier events made stops at its first such event. as_of() of a time before the start is
/// errc::before_history.
///
/// A place that is not there is an error when the projection is added, unless or_nearest() says otherwise. A small
/// value; safe to copy.
class start_at {
public:
    /// The first event of the store. What a projection does that is told nothing.
    static start_at earliest() { return start_at(first{}); }
    /// What is recorded from now on: the first event that is not closed.
    static start_at latest() { return start_at(end{}); }
    /// The events beyond a cut. Not there: a cut beyond the end of a partition. One of another number of partitions is
    /// errc::invalid_argument, always.
    static start_at after(cut where) { return start_at(std::move(where)); }
    /// The event at an offset of a partition, and all that was recorded after it in the whole store. Not there: an
    /// offset below 1, or beyond the partition's end. A partition that the store does not have is
    /// errc::invalid_argument, always.
    static start_at event(position first) { return start_at(first); }
    /// The first event recorded at or after a time. A time before the first event is there. Not there: a time that has
    /// not come.
    static start_at time(recorded_at from) { return start_at(from); }
    /// The same, of the time that lies so long before now. Negative: errc::invalid_argument.
    static start_at ago(std::chrono::microseconds back) { return start_at(back); }

    /// Says which store the place is one of. In another store it is not there.
    start_at of(event_id store) const {
        auto made = *this;
        made.store_ = store;
        return made;
    }
    /// Instead of an error, begins at the nearest place that skips nothing which was asked for, and tells the observer:
    /// beyond the end of a partition at what comes next in it; before the first offset, or in another store, at the
    /// first event; at a time to come, now.
    start_at or_nearest() const {
        auto made = *this;
        made.nearest_ = true;
        return made;
    }

    // What the engine asks of it

    struct first {};
    struct end {};
    using place_type = std::variant<first, end, cut, position, recorded_at, std::chrono::microseconds>;
    const place_type& place() const { return place_; }
    const std::optional<event_id>& store() const { return store_; }
    bool takes_nearest() const { return nearest_; }

private:
    explicit start_at(place_type place) : place_(std::move(place)) {}

    place_type place_;
    std::optional<event_id> store_{};
    bool nearest_ = false;
};

}  // namespace leftfold::inline v0
