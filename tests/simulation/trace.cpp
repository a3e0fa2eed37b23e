#include "simulation/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace leftfold::simulation {

trace::trace() : is_printed_(std::getenv("LEFTFOLD_SIMULATION_TRACE") != nullptr) {}

void trace::note(std::string_view what, std::int64_t a, std::int64_t b, std::int64_t c) {
    const auto fold = [this](std::uint64_t value) { digest_ = (digest_ ^ value) * 0x100000001b3U; };
    for (const char letter : what) fold(static_cast<unsigned char>(letter));
    for (const auto number : {a, b, c}) fold(static_cast<std::uint64_t>(number));
    auto& latest = last_[count_++ % last_.size()];
    latest = {what, {a, b, c}};
    if (is_printed_) fmt::print("{}\n", text(latest));
}

std::string trace::text(const line& of) {
    return fmt::format("{} {} {} {}", of.what, of.numbers[0], of.numbers[1], of.numbers[2]);
}

std::string trace::tail() const {
    std::string lines;
    const auto kept = std::min<std::uint64_t>(count_, last_.size());
    for (auto i = count_ - kept; i != count_; ++i) lines += "  " + text(last_[i % last_.size()]) + '\n';
    return lines;
}

}  // namespace leftfold::simulation
