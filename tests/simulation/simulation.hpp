#pragma once

#include <cstdint>
#include <string>

#include "simulation/canary.hpp"

namespace leftfold::simulation {

/// What was done, in one run or in many.
struct counts {
    std::int64_t operations = 0;
    std::int64_t questions = 0;    ///< about a time of the past, each answered three times, the same to the byte
    std::int64_t duplicates = 0;   ///< deliveries of an append that was under way, or had been answered
    std::int64_t comparisons = 0;  ///< of the rows of a read model with the log, at present or in the past
    std::int64_t rebuilds = 0;     ///< of those rows, beside them or back to those before
    std::int64_t kills = 0;        ///< of the engine alone, which is then given again what it had done
    std::int64_t answers = 0;      ///< that a process gave: receipts and reminders
    std::int64_t forks = 0;
    std::int64_t falls = 0;

    counts& operator+=(const counts& more);
};

/// What one run found and did.
struct report {
    std::uint64_t seed = 0;
    std::string complaint{};  ///< empty: all rules held
    std::string last_steps{};
    std::uint64_t digest = 0;
    counts done{};

    bool is_sound() const { return complaint.empty(); }
};

struct run_options {
    defect planted = defect::none;
    /// Answered requests, readings and so on, after which a run comes to its end.
    std::int64_t operations = 1'000;
};

/// Runs one seed: draws a machine, its clients and its weather, lets them go, brings everything to rest, and compares
/// what is left with the model. The same seed and options give the same run, to the last call.
report run(std::uint64_t seed, run_options options = {});

}  // namespace leftfold::simulation
