#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "leftfold/storage/event_id.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

using store_id = event_id;

/// A place among the changes of a table: right after the change number `row` that the event recorded at `at` made, the
/// changes of one event being counted from 1 in order of the rows' keys. Number 0 is right before the first of them.
///
///     feed.next();                                   // hands over a change
///     save(to_string(change.position));              // together with what the change led to
///     …
///     leftfold::change_feed feed{read, &balances::rows, {.from = leftfold::parse_change_position(saved)}};
///
/// It is a place in the log, which no two events share, and not in the file of the rows: it stays good when the rows
/// are built anew. It names the store and its epoch, so that one of another store, or of this one before it was
/// restored, is refused.
///
/// A value, about 60 characters long as text.
struct change_position {
    store_id store{};
    store_epoch epoch{};
    recorded_at at{};
    std::size_t row = 0;

    friend bool operator==(const change_position&, const change_position&) = default;
};

/// Writes `store.epoch.at.row`, with the time in microseconds since 1970:
/// `01927f3e-8c2a-7cc3-98c4-dc0c0c07398f.1.1773532800000000.2`. Letters, digits, `-` and `.` only.
std::string to_string(const change_position& where);

/// Reads what to_string wrote, and nothing else: there is one text for each position. Throws errc::invalid_argument.
/// Fit for what comes from outside.
change_position parse_change_position(std::string_view text);

/// Where a feed of changes begins. One of the three; a change_position and a time convert by themselves.
class change_start {
public:
    /// Every change that the table's history has.
    static change_start earliest() { return change_start(first{}); }
    /// What is committed after the feed was made.
    static change_start latest() { return change_start(end{}); }

    /// What comes next to a change.
    change_start(const change_position& after) : place_(after) {}  // NOLINT(google-explicit-constructor)
    /// What events recorded after a time changed: with `rows.as_of(time)` for a start, nothing is missing between.
    change_start(recorded_at after) : place_(after) {}  // NOLINT(google-explicit-constructor)

    // What a feed asks of it

    struct first {};
    struct end {};
    using place_type = std::variant<first, end, recorded_at, change_position>;
    const place_type& place() const { return place_; }

private:
    explicit change_start(place_type place) : place_(place) {}

    place_type place_;
};

}  // namespace leftfold::inline v0
