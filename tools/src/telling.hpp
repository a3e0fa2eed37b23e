#pragma once
// How answers about the past are told: as lines for people, or as one JSON object a line.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console.hpp"
#include "leftfold/tools/detail/aggregate_answers.hpp"

namespace leftfold::inline v0::tools {

/// Reads JSON; what JSON cannot say is given as text, and nothing as null.
boost::json::value value_of(const std::optional<std::string>& text);

/// Each change an object of its own, or all of them in one list.
void show_diff(const std::vector<change>& changes, const console& on);
boost::json::array list_of(const std::vector<change>& changes);

/// An event, what it changed, and what came of it.
void show_step(const detail::told_step& step, const console& on);

void show_blamed(const blamed& found, const console& on);

enum class search { first_where, bisect };
/// Says what was found, and by which of the two methods (semantics 32).
void show_find(const detail::told_find& found, search how, const console& on);

/// Reads where to go from standard input, a word a line, until it ends. Throws errc::invalid_argument for a beginning
/// beyond the end. Returns the exit status.
int step_through(detail::told_stepper& at, std::int64_t from, const std::string& name, const console& on);

}  // namespace leftfold::inline v0::tools
