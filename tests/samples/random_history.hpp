#pragma once

#include <cstddef>
#include <cstdint>

#include "samples/scripted_repository.hpp"

/// Adds a history made by chance: files that come, change, change their kind and go, side branches that are merged,
/// dates that run backwards now and then. The same seed gives the same history.
void script_random_history(scripted_repository& repository, std::size_t commits, std::uint64_t seed);

/// Returns the seed of this test run: what ./check was given or drew, else a fixed one.
std::uint64_t seed_of_this_run();
