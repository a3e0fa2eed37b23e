#pragma once

#include "leftfold/tools/domain.hpp"
#include "words.hpp"

namespace leftfold::inline v0::tools {

// The commands of a program that knows its own types. What is known must live until the chosen one has run.
void declare_questions(command_list& all, const domain& known);
void declare_replay(command_list& all, const domain& known);

}  // namespace leftfold::inline v0::tools
