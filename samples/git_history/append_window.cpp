#include "git_history/append_window.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace git_history {

append_window::append_window(leftfold::event_store& store, leftfold::cut covered, std::size_t in_flight_max)
    : store_(&store), in_flight_max_(in_flight_max), covered_(std::move(covered)) {}

append_window::~append_window() {
    std::unique_lock lock(mutex_);
    wake_at_ = 0;
    few_enough_.wait(lock, [&] { return in_flight_ == 0; });
}

void append_window::append(leftfold::stream_id stream, leftfold::expected_version expected,
                           leftfold::event_data event) {
    {
        std::unique_lock lock(mutex_);
        if (failed_ || in_flight_ == in_flight_max_) wait_until_at_most(in_flight_max_ / 2, lock);
        ++in_flight_;
    }
    std::vector<leftfold::stream_append> one(1);
    one.front().stream = std::move(stream);
    one.front().expected = expected;
    one.front().events.push_back(std::move(event));
    try {
        store_->start_append(std::move(one), {}, [this](std::error_code failed, leftfold::append_result outcome) {  //
            completed(failed, outcome);
        });
    } catch (...) {
        const std::lock_guard lock(mutex_);
        --in_flight_;
        throw;
    }
}

void append_window::completed(std::error_code failed, const leftfold::append_result& outcome) {
    // Notified under the lock: the window may be gone as soon as it is free.
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (failed) {
        failed_ = std::make_exception_ptr(std::system_error(failed, "appending to the store"));
    } else if (!outcome) {
        failed_ = std::make_exception_ptr(
            std::runtime_error("another importer has appended to " + to_string(outcome.error().stream) + " meanwhile"));
    } else {
        const auto where = outcome->position;
        if (!covered_.covers(where)) covered_.set(where.partition, where.at);
        if (!outcome->repeated) ++stored_;
    }
    if (in_flight_ <= wake_at_) few_enough_.notify_one();
}

void append_window::wait_until_at_most(std::size_t in_flight, std::unique_lock<std::mutex>& lock) {
    wake_at_ = in_flight;
    few_enough_.wait(lock, [&] { return in_flight_ <= in_flight; });
    if (failed_) std::rethrow_exception(failed_);
}

void append_window::drain() {
    std::unique_lock lock(mutex_);
    wait_until_at_most(0, lock);
}

leftfold::cut append_window::covered() const {
    const std::lock_guard lock(mutex_);
    return covered_;
}

std::size_t append_window::stored() const {
    const std::lock_guard lock(mutex_);
    return stored_;
}

}  // namespace git_history
