#include "batched_fold.hpp"

#include <algorithm>
#include <utility>

#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

batched_fold::batched_fold(projection_base& to, const projection_options& options, const flush_options& until,
                           decoder_pool& decoders, fold_event fold)
    : projection_(to), options_(options), until_(until), decoders_(decoders), fold_(fold) {
    open_ = new_batch();
}

batched_fold::~batched_fold() {
    for (const auto& each : closed_) each->take_back();
}

batched_fold::batch_ptr batched_fold::new_batch() {
    if (free_.empty()) return std::make_shared<offered_batch>(projection_access::type(projection_), options_.events);
    auto taken = std::move(free_.back());
    free_.pop_back();
    return taken;
}

bool batched_fold::take(const event_view& event) {
    open_->batch().add(event);
    ++taken_;
    if (open_->batch().is_full(options_.batch)) {
        close_batch();
        if (decoders_.threads() > 0) decoders_.decode(closed_.back());
        if (closed_.size() > decoders_.threads()) fold_first();
        open_ = new_batch();
    }
    return goes_on_ && taken_ < until_.events;
}

void batched_fold::finish() {
    close_batch();
    while (goes_on_ && !closed_.empty()) fold_first();
}

void batched_fold::close_batch() {
    open_->offer();
    closed_.push_back(std::move(open_));
}

void batched_fold::fold_first() {
    auto& first = *closed_.front();
    first.finish();
    auto& batch = first.batch();
    const auto prefetched = projection_access::prefetch(projection_, batch, 0, until_.cached_rows);
    while (goes_on_ && folded_ != batch.size()) {
        goes_on_ = fold_(batch, folded_);
        ++folded_;
        goes_on_ = goes_on_ && projection_access::pending(projection_) < until_.rows &&
                   (folded_ < prefetched || projection_access::held(projection_) < until_.cached_rows);
    }
    if (folded_ != batch.size()) return;
    batch.clear();
    folded_ = 0;
    free_.push_back(std::move(closed_.front()));
    closed_.pop_front();
}

/// Visits what was taken and not folded, once nothing more is to be folded.
void batched_fold::visit_left(function_ref<void(const event_view&)> visit) const {
    auto folded = folded_;
    for (const auto& each : closed_)
        for (const auto& event : each->batch().events())
            if (folded > 0)
                --folded;
            else
                visit(event);
}

cut batched_fold::folded(cut given) const {
    visit_left([&](const event_view& left) {
        given.set(left.partition, std::min(given.at(left.partition), left.at.plus(-1)));
    });
    return given;
}

offset batched_fold::folded(offset given) const {
    visit_left([&](const event_view& left) { given = std::min(given, left.at.plus(-1)); });
    return given;
}

}  // namespace leftfold::inline v0::detail
