#include "leftfold/framework/detail/stream_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {
namespace {

/// Events of one page: what a walk holds in memory.
constexpr std::size_t walk_page_events = 256;

}  // namespace

stream_walk::stream_walk(std::shared_ptr<repository_core> core, stream_id stream, const fold_bounds& start,
                         fold_bounds bounds)
    : core_(std::move(core)), stream_(std::move(stream)), start_(start) {
    last_ = core_->last_within(stream_, bounds);
}

void stream_walk::begin(subject& target) {
    fold_bounds bounds = start_;
    bounds.at_most = std::min(bounds.at_most, last_);
    reached_ =
        bounds.at_most == leftfold::version{} ? leftfold::version{} : core_->fold(target, stream_, bounds).version;
}

void stream_walk::read_page() {
    event_page next;  // what is shown stays until there is more to show
    const auto left = static_cast<std::size_t>(last_.value() - reached_.value());
    core_->store().visit_stream(stream_, {.from = reached_.next(), .count = std::min(left, walk_page_events)},
                                [&](const event_view& event) {
                                    next.add(event);
                                    return true;
                                });
    if (next.empty())
        throw error(errc::corrupt, fmt::format("reading {} after version {}: the stream's head is version {}",
                                               to_string(stream_), reached_.value(), last_.value()));
    page_ = std::move(next);
    applied_ = 0;
}

bool stream_walk::next(subject& target) {
    if (reached_ >= last_) return false;
    if (applied_ == page_.size()) read_page();
    core_->apply(target, page_[applied_]);
    reached_ = page_[applied_++].version;
    return true;
}

const event_view& stream_walk::event() const {
    LEFTFOLD_ASSERT(applied_ > 0 && "no event of the history was reached yet");
    return page_[applied_ - 1];
}

}  // namespace leftfold::inline v0::detail
