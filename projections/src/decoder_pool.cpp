#include "decoder_pool.hpp"

#include <utility>

namespace leftfold::inline v0::detail {

void offered_batch::offer() {
    const std::lock_guard lock(mutex_);
    state_ = state::offered;
}

void offered_batch::decode_if_offered() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (state_ != state::offered) return;
        state_ = state::being_decoded;
    }
    batch_.decode();
    const std::lock_guard lock(mutex_);
    state_ = state::decoded;
    changed_.notify_all();
}

void offered_batch::finish() {
    decode_if_offered();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return state_ == state::decoded; });
    state_ = state::owned;
}

void offered_batch::take_back() noexcept {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return state_ != state::being_decoded; });
    state_ = state::owned;
}

void decoder_pool::decode(std::shared_ptr<offered_batch> offered) {
    const std::lock_guard lock(mutex_);
    if (decoders_.size() < threads_) decoders_.push_back(world_.executors->make_executor());
    next_ = (next_ + 1) % decoders_.size();
    decoders_[next_]->post([offered = std::move(offered)] { offered->decode_if_offered(); });
}

}  // namespace leftfold::inline v0::detail
