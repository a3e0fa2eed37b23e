#include "workshop.hpp"

#include <unistd.h>

#include <fmt/format.h>

namespace bench {

result comparison::against(std::string name, std::string limit_name, double goal) const {
    result one;
    one.name = std::move(name);
    one.rate = ours.median_rate();
    one.p50_us = ours.median_quantile_us(0.5);
    one.p99_us = ours.median_quantile_us(0.99);
    one.limit = std::move(limit_name);
    one.limit_rate = limit.median_rate();
    one.ratio = one.limit_rate > 0 ? one.rate / one.limit_rate : 0;
    one.goal = goal;
    one.spread = limit.spread();
    return one;
}

workshop::workshop(settings chosen)
    : chosen_(std::move(chosen)), directory_(chosen_.directory / fmt::format("leftfold-bench-{}", ::getpid())) {
    std::filesystem::create_directories(directory_);
}

workshop::~workshop() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::filesystem::path workshop::fresh_path(const std::string& name) {
    const auto room = directory_ / std::to_string(++paths_);
    std::filesystem::create_directories(room);
    return room / name;
}

comparison workshop::compare(const std::function<run()>& limit, const std::function<run()>& ours) const {
    comparison both;
    for (int round = 0; round < chosen_.rounds; ++round) {
        both.limit.runs.push_back(limit());
        both.ours.runs.push_back(ours());
    }
    return both;
}

}  // namespace bench
