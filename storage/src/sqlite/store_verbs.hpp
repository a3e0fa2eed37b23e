#pragma once

#include "leftfold/storage/control.hpp"
#include "store_core.hpp"

namespace leftfold::inline v0::sqlite {

/// What the owner of a store does for other processes. The store must outlive them.
control_verbs store_verbs(store_core& store);

}  // namespace leftfold::inline v0::sqlite
