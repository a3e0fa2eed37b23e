#include "work_share.hpp"

#include <algorithm>

namespace leftfold::inline v0::detail {

void work_share::run_state::take_part() {
    std::unique_lock lock(mutex_);
    while (taken_ != count_) {
        const auto mine = taken_++;
        lock.unlock();
        part_(mine);
        lock.lock();
        ++done_;
    }
    if (done_ == count_) ended_.notify_all();
}

void work_share::run_state::wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return done_ == count_; });
}

void work_share::run(std::size_t count, std::size_t at_once, function_ref<void(std::size_t)> part) {
    const auto workers = std::min(count, std::max<std::size_t>(at_once, 1));
    const auto shared = std::make_shared<run_state>(count, part);
    while (helpers_.size() + 1 < workers) helpers_.push_back(world_.executors->make_executor());
    for (std::size_t i = 0; i + 1 < workers; ++i) helpers_[i]->post([shared] { shared->take_part(); });
    shared->take_part();
    shared->wait();
}

}  // namespace leftfold::inline v0::detail
