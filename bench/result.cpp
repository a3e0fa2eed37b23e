#include "result.hpp"

#include <fmt/format.h>

#include <utility>

namespace bench {

namespace {

result absolute(std::string name, std::string what, double figure, double bound, double ratio) {
    result one;
    one.name = std::move(name);
    one.rate = figure;
    one.limit = std::move(what);
    one.limit_rate = bound;
    one.ratio = ratio;
    one.goal = 1;
    return one;
}

}  // namespace

result at_least(std::string name, std::string what, double figure, double bound) {
    return absolute(std::move(name), std::move(what), figure, bound, figure / bound);
}

result at_most(std::string name, std::string what, double figure, double bound) {
    return absolute(std::move(name), std::move(what), figure, bound, figure > 0 ? bound / figure : 0);
}

std::string to_json(const result& one) {
    auto line = fmt::format(R"({{"case":"{}","rate":{:.1f},"p50_us":{:.1f},"p99_us":{:.1f},"limit":"{}",)"
                            R"("limit_rate":{:.1f},"ratio":{:.3f},"goal":{:.3f},"rss_mib":{:.0f},"spread":{:.2f})",
                            one.name, one.rate, one.p50_us, one.p99_us, one.limit, one.limit_rate, one.ratio, one.goal,
                            one.rss_mib, one.spread);
    if (one.is_noisy()) line += R"(,"noisy":true)";
    if (!one.remark.empty()) line += fmt::format(R"(,"remark":"{}")", one.remark);
    return line + "}";
}

std::string to_text(const result& one) {
    const auto verdict = !one.remark.empty() ? one.remark : one.is_met() ? "met" : "not met";
    return fmt::format("{:<26} {:>12.0f}/s  {:>12.0f}/s {:<28} {:>6.2f}  goal {:.2f}  {}{}", one.name, one.rate,
                       one.limit_rate, one.limit, one.ratio, one.goal, verdict,
                       one.is_noisy() ? ", but the machine was too noisy to judge" : "");
}

}  // namespace bench
