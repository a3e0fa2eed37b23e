#pragma once

#include <memory>

#include "leftfold/storage/environment.hpp"

namespace leftfold::inline v0::detail {

// The real world, each piece from the one file that may touch it.

std::shared_ptr<clock_source> make_system_clocks();
std::shared_ptr<random_source> make_system_random();
std::shared_ptr<executor_source> make_system_threads();

}  // namespace leftfold::inline v0::detail
