#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/framework/detail/member_test.hpp"
#include "leftfold/projections/any_table.hpp"
#include "leftfold/tools/detail/aggregate_answers.hpp"

namespace leftfold::inline v0::tools {

/// Returns what makes one row the other, column by column; `$` where there is a row on one side only.
std::vector<change> changes_between(const any_table& rows, const std::optional<any_table::cells>& before,
                                    const std::optional<any_table::cells>& after);

/// All that a row was, oldest first, with the event that made it so. Holds the versions in memory; events are looked up
/// when they are asked for. Its versions are numbered from 1, and 0 is what was before: no row, or what the table's
/// history does not tell. A row that was deleted is a version too.
class row_story {
public:
    /// Throws what any_table does, and errc::not_found when there never was such a row.
    row_story(event_store& store, const any_table& rows, std::string_view key);

    std::size_t last() const { return made_.size() - 1; }
    const std::optional<any_table::cells>& row(std::size_t number) const { return made_[number].row; }
    /// The row as JSON; `null` where there is none.
    std::string json(std::size_t number) const;
    event_origin origin(std::size_t number) const;
    std::vector<change> changes(std::size_t number) const;

private:
    struct state {
        std::optional<any_table::cells> row{};
        recorded_at since{};
    };

    event_store& store_;
    any_table rows_;
    std::vector<state> made_;
};

/// Walks through a row's story.
class row_stepper final : public detail::told_stepper {
public:
    explicit row_stepper(const row_story& of) : story_(of) {}

    bool go_to(leftfold::version to) override;
    leftfold::version at() const override { return leftfold::version(static_cast<std::int64_t>(at_)); }
    leftfold::version last() const override { return leftfold::version(static_cast<std::int64_t>(story_.last())); }
    std::optional<event_origin> origin() const override;
    std::vector<change> changes() const override;
    std::string json() const override { return story_.json(at_); }

private:
    const row_story& story_;
    std::size_t at_ = 0;
};

/// A comparison of one column with a literal, as `$.cents < 0` (framework/where.hpp).
class row_condition {
public:
    /// Throws errc::invalid_argument for what is no comparison, for a column that is not there, and for a literal of
    /// another type than the column.
    row_condition(const any_table& rows, const std::string& text);
    bool holds(const std::optional<any_table::cells>& row) const;

private:
    leftfold::detail::member_test test_;
    std::size_t column_ = 0;
};

}  // namespace leftfold::inline v0::tools
