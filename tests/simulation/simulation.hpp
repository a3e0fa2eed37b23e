#pragma once

#include <cstdint>
#include <string>

#include "simulation/canary.hpp"

namespace leftfold::simulation {

/// What one run found and did.
struct report {
    std::uint64_t seed = 0;
    std::string complaint{};  ///< empty: all rules held
    std::string last_steps{};
    std::uint64_t digest = 0;
    std::int64_t operations = 0;
    std::int64_t events = 0;
    std::int64_t questions = 0;  ///< about a time of the past, each answered three times, the same to the byte
    std::int64_t falls = 0;
    std::int64_t boots = 0;

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
