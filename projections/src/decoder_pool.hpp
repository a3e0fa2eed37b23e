#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "event_batch.hpp"
#include "leftfold/storage/environment.hpp"

namespace leftfold::inline v0::detail {

/// A batch that is decoded by whoever comes first: a thread of the pool, or the one that is to fold it. So it waits for
/// nobody who has not begun; where no other thread ever comes (a simulation has one for all), it decodes everything.
///
/// All but decode_if_offered() is for the thread that folds.
class offered_batch {
public:
    offered_batch(const projection_type& of, const event_registry& events) : batch_(of, events) {}

    /// The batch, to be filled or folded: before it is offered, and after finish() or take_back().
    event_batch& batch() { return batch_; }
    const event_batch& batch() const { return batch_; }

    /// Lets others decode it.
    void offer();
    void decode_if_offered() noexcept;
    /// Returns when it is decoded.
    void finish();
    /// Returns when nobody decodes it, or will.
    void take_back() noexcept;

private:
    enum class state { owned, offered, being_decoded, decoded };

    event_batch batch_;
    std::mutex mutex_;
    std::condition_variable changed_;
    state state_ = state::owned;  // under mutex_
};

/// Threads that decode what is offered to them, in turn. Made when they are first wanted. Safe from any thread.
class decoder_pool {
public:
    decoder_pool(const environment& world, std::size_t threads) : world_(world), threads_(threads) {}

    std::size_t threads() const { return threads_; }
    void decode(std::shared_ptr<offered_batch> offered);

private:
    const environment& world_;
    std::size_t threads_;
    std::mutex mutex_;
    std::size_t next_ = 0;                             // under mutex_
    std::vector<std::unique_ptr<executor>> decoders_;  // under mutex_
};

}  // namespace leftfold::inline v0::detail
