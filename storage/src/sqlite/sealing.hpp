#pragma once

#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/environment.hpp"
#include "sqlite/store_place.hpp"

namespace leftfold::inline v0::sqlite {

/// Seals the store in a directory, for a reader of it (closing.hpp).
seal_report seal_store(const store_place& place, const environment& world, recorded_at at_least);

}  // namespace leftfold::inline v0::sqlite
