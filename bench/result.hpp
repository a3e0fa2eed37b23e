#pragma once
// What a case says: one line for each goal.

#include <string>

namespace bench {

/// How a goal was met, or not. A ratio at or above the goal always means that it was.
struct result {
    std::string name;   ///< the goal's: `append_64_async`
    double rate = 0;    ///< operations a second, ours
    double p50_us = 0;  ///< latency of ours; 0: not looked at
    double p99_us = 0;
    std::string limit;      ///< what it stands beside
    double limit_rate = 0;  ///< that one's, in the same unit
    double ratio = 0;
    double goal = 0;
    double rss_mib = 0;    ///< the process's peak while the case ran
    double spread = 0;     ///< of the limit's runs; over noisy_spread nothing can be judged
    std::string remark{};  ///< why the line does not count: "invalid_baseline", or what is missing

    static constexpr double noisy_spread = 0.30;

    bool is_noisy() const { return spread > noisy_spread; }
    bool is_met() const { return ratio >= goal; }
};

/// A goal without a limit beside it: a figure that is to be at least, or at most, the bound. The ratio says how many
/// times better it is.
result at_least(std::string name, std::string what, double figure, double bound);
result at_most(std::string name, std::string what, double figure, double bound);

/// The line as a JSON object, and for people.
std::string to_json(const result& one);
std::string to_text(const result& one);

}  // namespace bench
