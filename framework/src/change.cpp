#include "leftfold/framework/change.hpp"

namespace leftfold::inline v0 {

std::string to_string(const change& difference) {
    const auto& [path, before, after] = difference;
    if (before && after) return path + ": " + *before + " → " + *after;
    if (after) return path + ": added " + *after;
    return path + ": removed " + before.value_or("");
}

}  // namespace leftfold::inline v0
