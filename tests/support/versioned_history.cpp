#include "support/versioned_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace leftfold::test_support {

namespace {

using kind = stream_operation::kind;

std::string describe(const stream_operation& of, const char* why) {
    return fmt::format("{} version {} from {} to {}: {}", of.what == kind::append ? "appending" : "seeing", of.version,
                       of.began, of.ended, why);
}

}  // namespace

std::optional<std::string> find_violation(std::vector<stream_operation> history) {
    const auto order = [](const stream_operation& of) {
        return std::tuple(of.version, of.what == kind::look, of.began);
    };
    std::ranges::sort(history, {}, order);
    std::int64_t now = std::numeric_limits<std::int64_t>::min();  // the earliest moment at which the next can happen
    std::int64_t version = 0;
    for (std::size_t i = 0; i != history.size();) {
        const auto& first = history[i];
        if (first.version != version) {  // the group of a new version begins with its append
            if (first.what != kind::append) return describe(first, "no append made it");
            if (first.version != version + 1) return describe(first, "the version before it is missing");
            now = std::max(now, first.began);
            if (now > first.ended) return describe(first, "what has to come before it was not over yet");
            version = first.version;
            ++i;
        }
        // Looks at one version come in any order among themselves.
        auto last = now;
        for (; i != history.size() && history[i].version == version; ++i) {
            if (history[i].what == kind::append) return describe(history[i], "appended twice");
            const auto at = std::max(now, history[i].began);
            if (at > history[i].ended) return describe(history[i], "that version was not there yet");
            last = std::max(last, at);
        }
        now = last;
    }
    return std::nullopt;
}

}  // namespace leftfold::test_support
