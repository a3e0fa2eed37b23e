#include "row_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <variant>

#include "attached_models.hpp"
#include "leftfold/storage/error.hpp"
#include "model_database.hpp"
#include "sql_text.hpp"
#include "time_after.hpp"

namespace leftfold::inline v0::detail {

namespace {

constexpr const char* select_first_parked = "SELECT min(since) FROM leftfold_parked WHERE projection = ?1";

void add_table(sql_text& sql, const historic_table& of, const std::string& table) {
    sql.name(of.schema).add(".").name(table);
}

std::string versions_of(const historic_table& of) { return of.name + "_versions"; }

/// Which changes are wanted: those from time ?1 on until ?2, or those of time ?1 behind the row with key ?4. They are
/// two queries since one for both would pass over what it leaves out.
enum class places { from_time, behind_row };

/// When which rows changed: where a version ends, or begins, or both. The indices of a table that is followed give all
/// three in order, so that nothing is sorted, and nothing is read beyond what is wanted. Without them each is a pass
/// over its table.
void add_places(sql_text& sql, const historic_table& of, places which) {
    const auto& key = of.columns[of.key].name;
    const auto add_times = [&](std::string_view time, const std::string& table) {
        sql.add("SELECT ").add(time).add(" AS at, ").name(key).add(" AS key FROM ");
        add_table(sql, of, table);
        if (which == places::from_time)
            sql.add(" WHERE ").add(time).add(" >= ?1 AND ").add(time).add(" <= ?2");
        else
            sql.add(" WHERE ").add(time).add(" = ?1 AND ").name(key).add(" > ?4");
    };
    add_times("valid_from", of.name);
    sql.add(" UNION ");
    add_times("valid_from", versions_of(of));
    sql.add(" UNION ");
    add_times("valid_to", versions_of(of));
}

std::string count_changes(const historic_table& of) {
    sql_text sql("SELECT count(*) FROM (");
    add_places(sql, of, places::from_time);
    return sql.add(")").text();
}

/// The next changes, ?3 at most; from a time on without the first ?4. Only their versions are looked up, by their keys:
/// the one that ended there, and the one that began, which is over by now or still the current row.
std::string select_changes(const historic_table& of, places which) {
    const auto& key = of.columns[of.key].name;
    const auto versions = versions_of(of);
    sql_text sql("SELECT c.at, b.valid_to IS NOT NULL, n.valid_from IS NOT NULL OR v.valid_from IS NOT NULL");
    for (const auto& each : of.columns) sql.add(", b.").name(each.name);
    for (const auto& each : of.columns)
        sql.add(", CASE WHEN n.valid_from IS NULL THEN v.").name(each.name).add(" ELSE n.").name(each.name).add(" END");
    sql.add(" FROM (");
    add_places(sql, of, which);
    sql.add(" ORDER BY at, key LIMIT ?3").add(which == places::from_time ? " OFFSET ?4" : "").add(") c LEFT JOIN ");
    add_table(sql, of, versions);
    sql.add(" b ON b.").name(key).add(" = c.key AND b.valid_to = c.at LEFT JOIN ");
    add_table(sql, of, versions);
    // Versions of a key do not overlap, so the first that ends after the time is the only one to look at.
    sql.add(" v ON v.")
        .name(key)
        .add(" = c.key AND v.valid_from = c.at AND v.valid_to = (SELECT min(x.valid_to) FROM ");
    add_table(sql, of, versions);
    sql.add(" x WHERE x.").name(key).add(" = c.key AND x.valid_to > c.at) LEFT JOIN ");
    add_table(sql, of, of.name);
    sql.add(" n ON n.").name(key).add(" = c.key AND n.valid_from = c.at ORDER BY c.at, c.key");
    return sql.text();
}

recorded_at start_of(sqlite::connection& on, const historic_table& of) {
    std::optional<sqlite::statement> starts;
    if (of.schema != main_schema)
        starts.emplace(on, in_schema(select_start, of.schema));
    else if (has_starts(on))
        starts.emplace(on, select_start);
    const auto start = starts ? read_start_row(*starts, of.projection) : std::nullopt;
    return start ? start->since : recorded_at::min();
}

}  // namespace

changes_place look_at_changes(sqlite::connection& on, const historic_table& of) {
    sqlite::statement select(on, in_schema(select_model, of.schema));
    const auto model = read_model_row(select, of.projection);
    if (!model)
        throw error(errc::not_found,
                    fmt::format("following the changes of table {}: projection {} is gone", of.name, of.projection));
    changes_place place{.store = model->at.store,
                        .epoch = model->at.epoch,
                        .begins = std::max(of.history_from, start_of(on, of)),
                        .through = model->through};
    sqlite::statement parked(on, in_schema(select_first_parked, of.schema));
    parked.bind_text(1, of.projection);
    if (parked.step() && !parked.is_null(0))
        place.through = std::min(place.through, recorded_at::from_micros(parked.number(0) - 1));
    return place;
}

/// The first time whose changes are all told. Of the time where the history begins, what was before is not known.
static recorded_at first_told(const changes_place& place) {
    return place.begins == recorded_at::min() ? place.begins : time_after(place.begins);
}

void change_reader::begin(const changes_place& place, const std::string& doing) {
    change_position first{.store = place.store, .epoch = place.epoch, .at = first_told(place)};
    if (const auto* after_change = std::get_if<change_position>(&from_.place())) {
        first = *after_change;
    } else if (const auto* after_time = std::get_if<recorded_at>(&from_.place())) {
        if (*after_time < place.begins)
            throw error(errc::before_history,
                        fmt::format("{} from {} on: its history begins at {}", doing, to_rfc3339(after_time->time()),
                                    to_rfc3339(place.begins.time())));
        first.at = time_after(*after_time);
    } else if (std::holds_alternative<change_start::end>(from_.place())) {
        first.at = std::max(first.at, time_after(place.through));
    }
    position_ = first;
}

void change_reader::check(const changes_place& place, const std::string& doing) const {
    if (position_->store != place.store || position_->epoch != place.epoch)
        throw error(errc::other_history,
                    fmt::format("{} after {}: its rows were made from another store, or that was restored since", doing,
                                to_string(*position_)));
    if (position_->at < first_told(place))
        throw error(errc::before_history, fmt::format("{} after {}: its history begins at {}", doing,
                                                      to_string(*position_), to_rfc3339(place.begins.time())));
}

/// A fold that is another one by now may make fewer changes of an event than it did: those of the next event are not
/// taken for the rest of them.
void change_reader::leave_out_no_more_than_there_is(sqlite::connection& on, const historic_table& of) {
    sqlite::statement count(on, count_changes(of));
    count.bind(1, position_->at.micros()).bind(2, position_->at.micros());
    if (count.step()) position_->row = std::min(position_->row, static_cast<std::size_t>(count.number(0)));
}

/// Of both rows that a change has columns for, the one that is there has the key.
void change_reader::stand_behind(const sqlite::statement& change, const historic_table& of) {
    const auto row = first_of_row + (change.number(is_there) != 0 ? of.columns.size() : 0);
    const auto key = static_cast<int>(row + of.key);
    if (change.is_text(key))
        behind_.emplace(std::string(change.text(key)));
    else
        behind_.emplace(change.number(key));
}

/// Goes on through what a statement selects, which has `most` bound.
std::size_t change_reader::go_through(sqlite::statement& select, const historic_table& of, change_visitor visit) {
    std::size_t visited = 0;
    for (; select.step(); ++visited) {
        const auto when = recorded_at::from_micros(select.number(at));
        position_->row = when == position_->at ? position_->row + 1 : 1;
        position_->at = when;
        stand_behind(select, of);
        visit(*position_, select);
    }
    return visited;
}

/// The changes that are left of an event that the last page has begun.
std::size_t change_reader::read_rest(sqlite::connection& on, const historic_table& of, std::size_t most,
                                     change_visitor visit) {
    const auto behind = *behind_;  // bound, while the reader moves on
    sqlite::statement select(on, select_changes(of, places::behind_row));
    select.bind(1, position_->at.micros()).bind(3, static_cast<std::int64_t>(most));
    if (const auto* text = std::get_if<std::string>(&behind))
        select.bind_text(4, *text);
    else
        select.bind(4, std::get<std::int64_t>(behind));
    return go_through(select, of, visit);
}

std::size_t change_reader::read(sqlite::connection& on, const historic_table& of, std::size_t most,
                                change_visitor visit) {
    const auto place = look_at_changes(on, of);
    const auto doing = "following the changes of table " + of.name;
    if (!position_) begin(place, doing);
    check(place, doing);
    if (place.through < position_->at || most == 0) return 0;
    std::size_t visited = 0;
    auto from = position_->at;
    std::size_t left_out = 0;
    if (behind_) {
        visited = read_rest(on, of, most, visit);
        from = time_after(from);
    } else if (position_->row != 0) {
        leave_out_no_more_than_there_is(on, of);
        left_out = position_->row;
    }
    if (visited == most) return visited;
    sqlite::statement select(on, select_changes(of, places::from_time));
    select.bind(1, from.micros()).bind(2, place.through.micros());
    select.bind(3, static_cast<std::int64_t>(most - visited)).bind(4, static_cast<std::int64_t>(left_out));
    visited += go_through(select, of, visit);
    // All of this time is told: a later feed need not look at it again.
    if (visited < most) {
        position_ = change_position{place.store, place.epoch, time_after(place.through), 0};
        behind_.reset();
    }
    return visited;
}

}  // namespace leftfold::inline v0::detail
