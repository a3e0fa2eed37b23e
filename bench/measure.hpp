#pragma once
// What one run of something came to, and how runs are compared.

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace bench {

/// Time since it was made.
class stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(clock::now() - begun_).count(); }
    double micros() const { return seconds() * 1e6; }

private:
    using clock = std::chrono::steady_clock;
    clock::time_point begun_ = clock::now();
};

/// One run: so many operations in so much time, and how long each took where somebody looked.
struct run {
    double operations = 0;
    double seconds = 0;
    std::vector<float> latencies_us{};

    double rate() const { return seconds > 0 ? operations / seconds : 0; }
};

/// Does something over and over until the time is over, and notes how long each took. `once` returns how many
/// operations it was.
run repeat_for(double seconds, const std::function<double()>& once);

/// Several runs of one thing, made in turn with runs of another.
struct series {
    std::vector<run> runs;

    double median_rate() const;
    /// The median over the runs of each run's quantile of latency, in microseconds; 0 when nobody looked.
    double median_quantile_us(double quantile) const;
    /// How far apart the fastest and the slowest run are, as a part of the median.
    double spread() const;
};

double median(std::vector<double> of);
/// The value below which that part of all values lies; 0 for none.
double quantile(std::vector<float> of, double part);

/// Forgets the process's peak of resident memory; and the peak since then, in MiB (Linux: /proc/self).
void forget_peak_memory();
double peak_memory_mib();

}  // namespace bench
