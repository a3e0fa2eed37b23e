#include "row_story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "leftfold/projections/row_blame.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

leftfold::detail::comparison sort_of(leftfold::detail::affinity holds) {
    switch (holds) {
        case leftfold::detail::affinity::integer:
        case leftfold::detail::affinity::real:
            return leftfold::detail::comparison::number;
        case leftfold::detail::affinity::text:
            return leftfold::detail::comparison::text;
        case leftfold::detail::affinity::blob:
            break;
    }
    return leftfold::detail::comparison::whole;
}

}  // namespace

std::vector<change> changes_between(const any_table& rows, const std::optional<any_table::cells>& before,
                                    const std::optional<any_table::cells>& after) {
    std::vector<change> found;
    if (!before || !after) {
        change whole{.path = "$"};
        if (before) whole.before = rows.object_of(*before);
        if (after) whole.after = rows.object_of(*after);
        if (before || after) found.push_back(std::move(whole));
        return found;
    }
    const auto names = rows.columns();
    for (std::size_t i = 0; i != names.size(); ++i)
        if ((*before)[i] != (*after)[i])
            found.push_back({.path = "$." + names[i], .before = (*before)[i], .after = (*after)[i]});
    return found;
}

row_story::row_story(event_store& store, const any_table& rows, std::string_view key) : store_(store), rows_(rows) {
    std::optional<recorded_at> begins_next;  // when the version after this one begins
    rows_.for_each_version(key, [&](const any_table::version& was) {
        if (was.until != recorded_at::max() && was.until != begins_next) made_.push_back({std::nullopt, was.until});
        made_.push_back({was.row, was.from});
        begins_next = was.from;
        return true;
    });
    if (made_.empty()) throw error(errc::not_found, fmt::format("asking for row {} of table {}", key, rows_.name()));
    made_.emplace_back();
    std::reverse(made_.begin(), made_.end());
}

std::string row_story::json(std::size_t number) const {
    const auto& row = made_[number].row;
    return row ? rows_.object_of(*row) : "null";
}

event_origin row_story::origin(std::size_t number) const {
    const auto event = event_recorded_at(store_, made_[number].since);
    if (!event)
        throw error(errc::not_found, fmt::format("looking for the event recorded at {}, which changed table {}: this "
                                                 "store has none",
                                                 to_rfc3339(made_[number].since.time()), rows_.name()));
    return origin_of(event->view());
}

std::vector<change> row_story::changes(std::size_t number) const {
    if (number == 0) return {};
    return changes_between(rows_, made_[number - 1].row, made_[number].row);
}

bool row_stepper::go_to(leftfold::version to) {
    const auto number = std::clamp(to.value(), std::int64_t{0}, last().value());
    return std::exchange(at_, static_cast<std::size_t>(number)) != at_;
}

std::optional<event_origin> row_stepper::origin() const {
    if (at_ == 0) return std::nullopt;
    return story_.origin(at_);
}

std::vector<change> row_stepper::changes() const { return story_.changes(at_); }

row_condition::row_condition(const any_table& rows, const std::string& text) : test_(text) {
    const auto names = rows.columns();
    const auto& parts = test_.path().parts();
    const auto found = parts.size() == 1 ? std::find(names.begin(), names.end(), parts[0].name) : names.end();
    if (found == names.end())
        throw error(errc::invalid_argument,
                    fmt::format("reading \"{}\" as a comparison of a column of table {}, which has $.{}", text,
                                rows.name(), fmt::join(names, ", $.")));
    column_ = static_cast<std::size_t>(found - names.begin());
    test_.check(sort_of(rows.holds(column_)));
}

bool row_condition::holds(const std::optional<any_table::cells>& row) const {
    if (!row) return test_.holds_for({});
    const auto cell = boost::json::parse((*row)[column_]);
    if (cell.is_null()) return test_.holds_for({});
    if (cell.is_int64()) return test_.holds_for(cell.get_int64());
    if (cell.is_double()) return test_.holds_for(cell.get_double());
    if (cell.is_string()) return test_.holds_for(std::string_view(cell.get_string()));
    return test_.holds_for(leftfold::detail::whole_value{});
}

}  // namespace leftfold::inline v0::tools
