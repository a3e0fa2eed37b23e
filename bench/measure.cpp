#include "measure.hpp"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace bench {

run repeat_for(double seconds, const std::function<double()>& once) {
    run done;
    const stopwatch clock;
    while (clock.seconds() < seconds) {
        const stopwatch begun;
        done.operations += once();
        done.latencies_us.push_back(static_cast<float>(begun.micros()));
    }
    done.seconds = clock.seconds();
    return done;
}

double median(std::vector<double> of) {
    if (of.empty()) return 0;
    std::ranges::sort(of);
    const auto middle = of.size() / 2;
    return of.size() % 2 == 1 ? of[middle] : (of[middle - 1] + of[middle]) / 2;
}

double quantile(std::vector<float> of, double part) {
    if (of.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(of.size() - 1));
    std::ranges::nth_element(of, of.begin() + static_cast<std::ptrdiff_t>(at));
    return static_cast<double>(of[at]);
}

double series::median_rate() const {
    std::vector<double> rates;
    for (const auto& each : runs) rates.push_back(each.rate());
    return median(std::move(rates));
}

double series::median_quantile_us(double part) const {
    std::vector<double> found;
    for (const auto& each : runs)
        if (!each.latencies_us.empty()) found.push_back(quantile(each.latencies_us, part));
    return median(std::move(found));
}

double series::spread() const {
    if (runs.size() < 2) return 0;
    const auto [least, most] = std::ranges::minmax(runs, {}, &run::rate);
    const auto middle = median_rate();
    return middle > 0 ? (most.rate() - least.rate()) / middle : 0;
}

void forget_peak_memory() {
    ::malloc_trim(0);  // what earlier cases have freed is not this one's
    std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_memory_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1'024;
    return 0;
}

}  // namespace bench
