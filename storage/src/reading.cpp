#include "leftfold/storage/reading.hpp"

#include <algorithm>

namespace leftfold::inline v0 {

namespace {

bool names(const std::vector<std::string>& wanted, std::string_view name) {
    return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

bool has(headers_view held, const std::pair<std::string, std::string>& wanted) {
    return std::ranges::any_of(
        held, [&](const auto& header) { return header.first == wanted.first && header.second == wanted.second; });
}

}  // namespace

bool event_filter::matches(const event_view& envelope) const {
    if (!names(categories, envelope.category) || !names(types, envelope.type)) return false;
    if (headers.empty()) return true;
    return std::ranges::any_of(headers, [&](const auto& wanted) { return has(envelope.metadata, wanted); });
}

}  // namespace leftfold::inline v0
