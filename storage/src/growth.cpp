#include "growth.hpp"

#include <algorithm>

namespace leftfold::inline v0 {

growth::growth(cut heads, std::vector<recorded_at> last) : heads_(std::move(heads)), steps_(heads_.partitions()) {
    for (std::uint32_t p = 0; p != heads_.partitions(); ++p) steps_[p].push_back({heads_.at(partition_id(p)), last[p]});
}

cut growth::heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
}

void growth::moved(partition_id partition, offset to, recorded_at last, function_ref<void()> closed_too) {
    const std::lock_guard lock(mutex_);
    heads_.set(partition, to);
    auto& steps = steps_[partition.value()];
    steps.push_back({to, last});
    if (steps.size() > steps_remembered) steps.pop_front();
    closed_too();
    ++moves_;
    moved_.notify_all();
}

void growth::stirred() {
    const std::lock_guard lock(mutex_);
    ++moves_;
    moved_.notify_all();
}

std::vector<std::optional<offset>> growth::heads_at(recorded_at closed) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::optional<offset>> found(steps_.size());
    for (std::size_t p = 0; p != steps_.size(); ++p) {
        const auto& steps = steps_[p];
        const auto newest = std::find_if(steps.rbegin(), steps.rend(), [&](const step& s) { return s.last <= closed; });
        if (newest != steps.rend())
            found[p] = newest->at;
        else if (steps.front().at == offset{})
            found[p] = offset{};
    }
    return found;
}

bool growth::beyond(const cut& seen) const { return !seen.covers(heads_); }

void growth::when_beyond(const cut& seen, deadline at_most, waiter done,
                         function_ref<void(unique_function<void()>)> post) {
    std::unique_lock lock(mutex_);
    if (closed_) {  // what is posted from here on may run inside the call, which holds the lock
        const auto heads = heads_;
        lock.unlock();
        done(heads);
        return;
    }
    waiters_.push_back({seen, at_most, std::move(done)});
    ++moves_;
    moved_.notify_all();
    if (serving_) return;
    serving_ = true;
    post([this] { serve_waiters(); });
}

/// Runs on an executor for as long as anyone waits asynchronously.
void growth::serve_waiters() {
    std::unique_lock lock(mutex_);
    while (!waiters_.empty()) {
        const auto now = std::chrono::steady_clock::now();
        const auto due = std::stable_partition(waiters_.begin(), waiters_.end(), [&](const later& waiting) {
            return !closed_ && waiting.at_most > now && !beyond(waiting.seen);
        });
        std::vector<later> ready(std::make_move_iterator(due), std::make_move_iterator(waiters_.end()));
        waiters_.erase(due, waiters_.end());
        if (!ready.empty()) {
            const auto heads = heads_;
            lock.unlock();
            for (auto& waiting : ready) waiting.done(heads);
            lock.lock();
            continue;
        }
        auto soonest = waiters_.front().at_most;
        for (const auto& waiting : waiters_) soonest = std::min(soonest, waiting.at_most);
        const auto seen = moves_;
        moved_.wait_until(lock, soonest, [&] { return moves_ != seen || closed_; });
    }
    serving_ = false;
}

void growth::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    moved_.notify_all();
}

}  // namespace leftfold::inline v0
