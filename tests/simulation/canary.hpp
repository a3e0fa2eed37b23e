#pragma once

#include <memory>

#include "simulation/clocks.hpp"
#include "storage/wrong_stores/decorators.hpp"

namespace leftfold::simulation {

/// A defect that is planted on purpose, to see that the simulation finds it.
enum class defect {
    none,
    stamps_the_wall_clock,   ///< events are recorded at what the wall clock shows, even when it went back
    acknowledges_too_early,  ///< an append is acknowledged before its commit, which comes with the next one
    commits_without_a_sync,  ///< a commit is not synced, so a power cut takes it
};

const char* to_string(defect planted);

/// Puts the defect between a store and its log; returns the log itself where it lies elsewhere, or there is none.
std::shared_ptr<partition_log> with_defect(std::shared_ptr<partition_log> right, defect planted,
                                           std::shared_ptr<simulated_clock> clock);

}  // namespace leftfold::simulation
