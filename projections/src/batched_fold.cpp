#include "batched_fold.hpp"

#include <algorithm>

#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

batched_fold::batched_fold(projection_base& to, const projection_options& options, const flush_options& until,
                           fold_event fold)
    : projection_(to),
      batches_(options.batch),
      until_(until),
      fold_(fold),
      batch_(projection_access::type(to), options.events) {}

bool batched_fold::take(const event_view& event) {
    batch_.add(event);
    ++taken_;
    if (batch_.is_full(batches_)) fold_batch();
    return goes_on_ && taken_ < until_.events;
}

void batched_fold::finish() {
    if (goes_on_) fold_batch();
}

void batched_fold::fold_batch() {
    batch_.decode();
    const auto prefetched = projection_access::prefetch(projection_, batch_, 0, until_.cached_rows);
    while (goes_on_ && folded_ != batch_.size()) {
        goes_on_ = fold_(batch_, folded_);
        ++folded_;
        goes_on_ = goes_on_ && projection_access::pending(projection_) < until_.rows &&
                   (folded_ < prefetched || projection_access::held(projection_) < until_.cached_rows);
    }
    if (folded_ != batch_.size()) return;
    batch_.clear();
    folded_ = 0;
}

cut batched_fold::folded(cut given) const {
    for (auto i = folded_; i != batch_.size(); ++i) {
        const auto& left = batch_.events()[i];
        given.set(left.partition, std::min(given.at(left.partition), left.at.plus(-1)));
    }
    return given;
}

offset batched_fold::folded(offset given) const {
    return folded_ == batch_.size() ? given : std::min(given, batch_.events()[folded_].at.plus(-1));
}

}  // namespace leftfold::inline v0::detail
