#pragma once

#include <string_view>

#include "leftfold/tools/domain.hpp"
#include "words.hpp"

namespace leftfold::inline v0::tools {

// The commands of a program that knows its own types. What is known must live until the chosen one has run.
void declare_questions(command_list& all, const domain& known);
void declare_row_questions(command_list& all, const domain& known);
void declare_replay(command_list& all, const domain& known);
void declare_verify_projection(command_list& all, const domain& known);
void declare_rebuild(command_list& all, const domain& known);

/// Of any program; `known` is empty for one that knows no types.
void declare_parked(command_list& all, const domain* known);

/// Returns the projection of that name. Throws errc::invalid_argument, with those that there are.
const detail::projection_answers& find_projection(const domain& known, std::string_view name, std::string_view doing);

}  // namespace leftfold::inline v0::tools
