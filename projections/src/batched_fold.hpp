#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "decoder_pool.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0::detail {

/// Takes events in the order of a log, and has them folded in that order and in batches, until a flush is due: there
/// are as many of them, of rows that wait, or of rows held, as there may be.
///
/// While one batch is folded, those that were taken after it are decoded by the threads of a pool. The rows that a
/// batch will touch are looked up before it is folded.
///
/// For one thread, and one flush.
class batched_fold {
public:
    /// Folds the i-th event of a batch, and returns whether another may follow. What it throws comes out of take() and
    /// finish(); then that event and what was taken after it are not folded.
    using fold_event = function_ref<bool(const event_batch& batch, std::size_t i)>;

    /// All that is given outlives it, `fold` included.
    batched_fold(projection_base& to, const projection_options& options, const flush_options& until,
                 decoder_pool& decoders, fold_event fold);
    ~batched_fold();
    batched_fold(const batched_fold&) = delete;
    batched_fold& operator=(const batched_fold&) = delete;

    /// Returns whether it takes another.
    bool take(const event_view& event);
    /// Folds what was taken, as far as it may.
    void finish();

    /// Returns up to where the log is folded, of the place up to which it was given: before the first event that was
    /// taken and not folded.
    cut folded(cut given) const;
    offset folded(offset given) const;

private:
    using batch_ptr = std::shared_ptr<offered_batch>;

    batch_ptr new_batch();
    void close_batch();
    void fold_first();
    void visit_left(function_ref<void(const event_view&)> visit) const;

    projection_base& projection_;
    const projection_options& options_;
    const flush_options until_;
    decoder_pool& decoders_;
    fold_event fold_;

    batch_ptr open_;                // the one that is filled
    std::deque<batch_ptr> closed_;  // those that are to be folded, in order
    std::vector<batch_ptr> free_;
    std::size_t taken_ = 0;
    std::size_t folded_ = 0;  // of the first closed batch
    bool goes_on_ = true;
};

}  // namespace leftfold::inline v0::detail
