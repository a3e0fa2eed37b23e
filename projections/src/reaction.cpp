#include "leftfold/projections/reaction.hpp"

#include <algorithm>

namespace leftfold::inline v0::detail {

instant reaction_core::time_after(std::chrono::microseconds wait) const {
    const auto from = at_.recorded_at().time().time_since_epoch();  // since 1970: not negative
    const auto last = recorded_at::max().time().time_since_epoch();
    return instant(wait > last - from ? last : from + wait);
}

void reaction_core::ask(asked_deadline deadline) {
    std::erase_if(set_, [&](const asked_deadline& each) { return each.name == deadline.name; });
    set_.push_back(std::move(deadline));
}

void reaction_core::cancel(std::string name) {
    std::erase_if(set_, [&](const asked_deadline& each) { return each.name == name; });
    cancelled_.push_back(std::move(name));
}

}  // namespace leftfold::inline v0::detail
