#pragma once
// The changes of a table, read from its history: nothing else is kept for those who follow them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "historic_table.hpp"
#include "leftfold/projections/change_position.hpp"
#include "leftfold/storage/unique_function.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

/// Where the changes of a table stand, in one state of its database.
struct changes_place {
    store_id store{};
    store_epoch epoch{};
    /// The history tells of every event recorded after this time; min(): of every event.
    recorded_at begins = recorded_at::min();
    /// Every change that an event recorded up to here makes is in the history, and will stay as it is there. It ends
    /// before the first event that is parked, whose changes come into the past when its stream rejoins.
    recorded_at through = recorded_at::min();
};

/// Looks where they stand. Throws errc::not_found when the projection is gone.
changes_place look_at_changes(sqlite::connection& on, const historic_table& of);

using change_visitor = function_ref<void(const change_position&, sqlite::statement&)>;

/// Goes through the changes of a table, page by page, each page in a transaction of its caller's. Holds neither file
/// nor statement, so the rows may be moved to another file between two pages.
///
/// A page costs its changes and their versions, each a look-up, in a table that is followed; in another one it costs a
/// pass over all times of the table and of its versions. Only what a position from outside leaves out of its own event
/// is gone through once more.
class change_reader {
public:
    explicit change_reader(const change_start& from) : from_(from) {}

    /// The columns of a change: when, whether there was a row, whether there is one, the row before, the row after.
    enum column : int { at, was_there, is_there, first_of_row };

    /// Visits the next changes, `most` of them at most, and moves on behind them. Returns how many it visited.
    ///
    /// Throws errc::before_history when changes between the last one and the next are no longer told, and
    /// errc::other_history when the rows are of another store than the last change.
    std::size_t read(sqlite::connection& on, const historic_table& of, std::size_t most, change_visitor visit);

    /// Where it stands. Nothing until the first read() has found where it begins.
    const std::optional<change_position>& position() const { return position_; }

private:
    void begin(const changes_place& place, const std::string& doing);
    void check(const changes_place& place, const std::string& doing) const;
    void leave_out_no_more_than_there_is(sqlite::connection& on, const historic_table& of);
    std::size_t read_rest(sqlite::connection& on, const historic_table& of, std::size_t most, change_visitor visit);
    std::size_t go_through(sqlite::statement& select, const historic_table& of, change_visitor visit);
    void stand_behind(const sqlite::statement& change, const historic_table& of);

    change_start from_;
    std::optional<change_position> position_;
    /// The key of the last row that was visited. It says at once what the number of the row says by counting.
    std::optional<std::variant<std::int64_t, std::string>> behind_;
};

}  // namespace leftfold::inline v0::detail
