#pragma once

#include <vector>

#include "leftfold/storage/control.hpp"
#include "worker.hpp"

namespace leftfold::inline v0::detail {

class engine_core;

/// What an engine does for whoever asks at one of its sockets (docs/command_line.md): the verbs of what is heard there,
/// the projections of a database, a process, or a reactor. They run on the listener's thread, and are carried out where
/// each works.
control_verbs engine_verbs(engine_core& of, std::vector<worker*> here);

}  // namespace leftfold::inline v0::detail
