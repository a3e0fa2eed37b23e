#include "lane.hpp"

#include <algorithm>

#include "deadline.hpp"

namespace leftfold::inline v0::detail {

lane::action lane::next(const cut& closed, std::int64_t now_us) const {
    if (!(folded_ == durable_)) return action::flush;
    if (held_) return action::hold;
    if (stopped_) return action::stopped;
    if (waits_to_retry(now_us)) return action::back_off;
    return folded_.covers(closed) ? action::rest : action::fold;
}

void lane::start_from(cut durable) {
    folded_ = durable;
    durable_ = std::move(durable);
}

void lane::folded(cut to) {
    folded_ = std::move(to);
    // The event that failed is behind: the next failure is another one.
    if (failed_at_ && folded_.covers(*failed_at_)) forget_event();
}

void lane::flushed() {
    durable_ = folded_;
    restarts_ = 0;
    of_event_ = failed_at_.has_value();
    if (!failed_at_ && !stopped_) failure_.clear();
}

void lane::forget_event() {
    attempts_ = 0;
    failed_at_.reset();
    if (of_event_) failure_.clear();
    of_event_ = false;
}

void lane::forgive() {
    forget_event();
    restarts_ = 0;
    failure_.clear();
    due_us_ = 0;
    stopped_ = false;
}

void lane::failed(std::optional<position> where, std::string why, std::int64_t now_us) {
    of_event_ = where.has_value();
    failure_ = std::move(why);
    if (!where) {
        ++restarts_;
    } else {
        attempts_ = where == failed_at_ ? attempts_ + 1 : 1;
        failed_at_ = where;
    }
    if (attempts() >= attempts_max()) {
        stopped_ = true;
        return;
    }
    const auto longest = bounded(where ? retries_.longest_wait : supervision_.longest_wait);
    auto wait = bounded(where ? retries_.first_wait : supervision_.first_wait);
    for (int i = 1; i < attempts() && wait < longest; ++i) wait *= 2;
    due_us_ = now_us + std::min(wait, longest).count();
}

}  // namespace leftfold::inline v0::detail
