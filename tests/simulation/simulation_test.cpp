// The whole store in a simulated world: any seed keeps every promise, and planted defects are found.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include "simulation/simulation.hpp"

namespace leftfold::simulation {
namespace simulation_test {

/// The first of the fresh seeds: given by LEFTFOLD_SEED, else always the same.
std::uint64_t first_seed() {
    const char* const given = std::getenv("LEFTFOLD_SEED");
    return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

std::chrono::seconds time_for_fresh_seeds() {
    const char* const tier = std::getenv("LEFTFOLD_TIER");
    if (tier == nullptr) return std::chrono::seconds{5};
    if (std::string_view(tier) == "nightly") return std::chrono::hours{8};
    return std::string_view(tier) == "full" ? std::chrono::seconds{120} : std::chrono::seconds{20};
}

/// Seeds that failed once, as runs are drawn now; what each found stands in docs/reliability.md.
constexpr std::array<std::uint64_t, 8> old_seeds{
    // A group forgot versions that it had given itself; the same, on streams that nobody expects anything of.
    7,
    9,
    2,
    18,
    // Going back to kept rows on a disk that was no more never ended.
    1'394'493'046,
    // A file that a failing disk did not open was said to be missing.
    3'645'238'927,
    // A process was to begin for the first time while the clock was set back: that it cannot, was not documented.
    1'865'381'355,
    // A commit in doubt held the whole store's closed time down until somebody appended to its partition, which nobody
    // did.
    118'873'359,
};

/// Whether a seed that is known to meet what shows the defect finds it; and that it is the defect that it finds.
bool is_found(defect planted, std::uint64_t seed) {
    const auto found = run(seed, {.planted = planted});
    fmt::print("canary that {}: {}\n", to_string(planted), found.is_sound() ? "nothing found" : found.complaint);
    return !found.is_sound() && run(seed).is_sound();
}

std::string account_of(const report& failed) {
    return fmt::format("seed {}: {}\nthe last steps:\n{}replay it with --seed {}\n", failed.seed, failed.complaint,
                       failed.last_steps, failed.seed);
}

TEST(simulation, a_seed_runs_the_same_way_twice) {
    for (std::uint64_t seed = first_seed(); seed != first_seed() + 3; ++seed) {
        const auto once = run(seed);
        const auto again = run(seed);
        EXPECT_EQ(once.digest, again.digest) << "seed " << seed;
        EXPECT_EQ(once.done.operations, again.done.operations);
        EXPECT_NE(once.digest, run(seed + 1).digest);
    }
}

TEST(simulation, seeds_that_failed_once_pass) {
    for (const auto seed : old_seeds) {
        const auto found = run(seed);
        EXPECT_TRUE(found.is_sound()) << account_of(found);
    }
}

TEST(simulation, keeps_every_promise_and_finds_each_planted_defect) {
    const auto canary = is_found(defect::stamps_the_wall_clock, 3) && is_found(defect::acknowledges_too_early, 1) &&
                        is_found(defect::commits_without_a_sync, 2);
    EXPECT_TRUE(canary);
    const auto began = std::chrono::steady_clock::now();
    counts done;
    std::int64_t seeds = 0;
    std::int64_t violations = 0;
    const auto first = first_seed();
    fmt::print("seeds from {} on\n", first);
    constexpr std::int64_t fewest = 12;  // on a machine that is busy, too
    for (auto seed = first; seeds < fewest || std::chrono::steady_clock::now() - began < time_for_fresh_seeds();
         ++seed) {
        const auto found = run(seed);
        ++seeds;
        done += found.done;
        if (found.is_sound()) continue;
        ++violations;
        ADD_FAILURE() << account_of(found);
        break;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    fmt::print(
        "simulation: {} operations, {} seeds, {} violations; canary {}; {} falls, {} questions asked three times, "
        "{} appends delivered twice, {} answers of processes, {} engines killed, {} comparisons of rows, {} rebuilds, "
        "{} forks, {:.0f} operations a second\n",
        done.operations, seeds, violations, canary ? "found" : "not found", done.falls, done.questions, done.duplicates,
        done.answers, done.kills, done.comparisons, done.rebuilds, done.forks,
        static_cast<double>(done.operations) / took.count());
    if (violations == 0) {
        EXPECT_GE(done.questions, 20 * seeds);
        EXPECT_GT(done.falls, seeds / 4);
        EXPECT_GT(done.duplicates, seeds);
        EXPECT_GT(done.answers, seeds);
        EXPECT_GT(done.kills, 0);
        EXPECT_GT(done.rebuilds, 0);
        EXPECT_GT(done.forks, 0);
    }
    EXPECT_EQ(violations, 0);
}

}  // namespace simulation_test
}  // namespace leftfold::simulation
