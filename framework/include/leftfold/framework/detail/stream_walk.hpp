#pragma once
// Goes through a stream's events one by one, a page at a time.

#include <memory>

#include "leftfold/framework/detail/repository_core.hpp"

namespace leftfold::inline v0::detail {

/// One thread at a time. Keeps the store's core alive, and holds no resource of the store between two pages.
class stream_walk {
public:
    /// From the state of `start` to the last event within the bounds, of those that the stream has now.
    stream_walk(std::shared_ptr<repository_core> core, stream_id stream, const fold_bounds& start, fold_bounds bounds);

    /// Makes `target` the state before the first event of the walk, from a snapshot where one helps.
    void begin(subject& target);
    /// Applies the next event to `target`; returns false, and does nothing, when there is none.
    bool next(subject& target);

    /// The event that next() applied last.
    const event_view& event() const;
    /// The version of the state that `target` is in.
    leftfold::version version() const { return reached_; }
    /// The last version that the walk will reach.
    leftfold::version last() const { return last_; }

private:
    void read_page();

    std::shared_ptr<repository_core> core_;
    stream_id stream_;
    fold_bounds start_;
    event_page page_;
    std::size_t applied_ = 0;  // events of the page
    leftfold::version reached_{};
    leftfold::version last_{};
};

}  // namespace leftfold::inline v0::detail
