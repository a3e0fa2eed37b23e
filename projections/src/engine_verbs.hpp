#pragma once

#include "leftfold/storage/control.hpp"
#include "model_database.hpp"

namespace leftfold::inline v0::detail {

class engine_core;

/// What an engine does for whoever asks at the socket of one of its databases (docs/command_line.md): the verbs of its
/// projections there. They run on the listener's thread, and are carried out where the projections are folded.
control_verbs engine_verbs(engine_core& of, const model_database& database);

}  // namespace leftfold::inline v0::detail
