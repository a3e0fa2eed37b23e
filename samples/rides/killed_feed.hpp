#pragma once

#include <filesystem>
#include <memory>

#include "leftfold/storage/environment.hpp"

namespace rides {

/// Where a town keeps its data.
struct files {
    std::filesystem::path directory;
    std::filesystem::path store() const { return directory / "rides.store"; }
    /// What the warehouse loads, and how far its feed has come.
    std::filesystem::path lines() const { return directory / "warehouse.csv"; }
    std::filesystem::path feed() const { return directory / "warehouse.reactor"; }
};

/// Runs the warehouse feed in a process of its own, which only reads the store, and kills it with SIGKILL at the worst
/// moment: it has written its n-th line, and has not noted yet that it did. Returns the signal that ended the process;
/// 0 when it came to its end. Call it while this process has no other threads.
int run_feed_until_killed(const files& in, std::shared_ptr<leftfold::clock_source> clock, int lines);

}  // namespace rides
