#pragma once
// Where cases work: the settings of a run, and the two things that every case does with them.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "measure.hpp"
#include "result.hpp"

namespace bench {

struct settings {
    std::filesystem::path directory{};      ///< a fresh one below it holds all files, and goes away at the end
    std::int64_t events = 1'000'000;        ///< of the stores that are read
    std::int64_t many_events = 10'000'000;  ///< of the store that is large
    double seconds = 1;                     ///< of one run that is bounded by time
    int rounds = 5;
};

/// One thing beside its limit, run in turn.
struct comparison {
    series ours;
    series limit;

    /// Rates, latencies and spread, ready for a name and a goal.
    result against(std::string name, std::string limit_name, double goal) const;
};

class workshop {
public:
    explicit workshop(settings chosen);
    ~workshop();
    workshop(const workshop&) = delete;
    workshop& operator=(const workshop&) = delete;

    const settings& chosen() const { return chosen_; }

    /// Returns a path in the run's own directory that nobody has had before, ending in `name`.
    std::filesystem::path fresh_path(const std::string& name);

    /// Runs the two in turn, as often as the settings say, the limit first.
    comparison compare(const std::function<run()>& limit, const std::function<run()>& ours) const;

private:
    settings chosen_;
    std::filesystem::path directory_;
    int paths_ = 0;
};

/// A case of docs/performance.md's table. Gives a result for each goal that it has.
struct bench_case {
    std::string name;
    std::string what;
    enum class size { small, large } needs = size::small;  ///< large: left out by --quick
    std::vector<result> (*measure)(workshop&);
};

/// All of them, in the order in which they run.
const std::vector<bench_case>& all_cases();

}  // namespace bench
