#include "leftfold/framework/find_state.hpp"

#include <fmt/format.h>

namespace leftfold::inline v0::detail {

void refuse_bisect(std::string_view key, version from, version to, bisect_end which) {
    const auto why = !(from < to)                 ? "there is no event between"
                     : which == bisect_end::start ? "the condition must be false at the start, and is true"
                                                  : "the condition must be true at the end, and is false";
    throw error(errc::invalid_argument, fmt::format("bisecting the history of {} from version {} to {}: {}", key,
                                                    from.value(), to.value(), why));
}

}  // namespace leftfold::inline v0::detail
