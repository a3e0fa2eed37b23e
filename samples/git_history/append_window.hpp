#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>

#include "leftfold/storage/event_store.hpp"

namespace git_history {

/// Keeps many appends in flight, so that they share the store's commits, and waits for all of them at once.
///
/// The window itself is used by one thread; the store completes its appends on others. It must outlive them, which the
/// destructor sees to.
class append_window {
public:
    /// Begins with a cut that covers what was appended before.
    append_window(leftfold::event_store& store, leftfold::cut covered, std::size_t in_flight_max = 1'024);
    ~append_window();
    append_window(const append_window&) = delete;
    append_window& operator=(const append_window&) = delete;

    /// Starts an append of one event. When as many as may be are in flight, waits until half of them are durable.
    /// Throws what an earlier append failed with.
    void append(leftfold::stream_id stream, leftfold::expected_version expected, leftfold::event_data event);

    /// Waits until every append is durable. Throws what one of them failed with: leftfold::error, or
    /// std::runtime_error for a version conflict.
    void drain();

    /// Returns the cut that covers every append that has completed. Only after drain() does it say something.
    leftfold::cut covered() const;

    /// Returns how many events were stored, not counting those that were stored before under the same ids.
    std::size_t stored() const;

private:
    void completed(std::error_code failed, const leftfold::append_result& outcome);
    void wait_until_at_most(std::size_t in_flight, std::unique_lock<std::mutex>& lock);

    leftfold::event_store* store_;
    std::size_t in_flight_max_;
    mutable std::mutex mutex_;
    std::condition_variable few_enough_;
    std::size_t in_flight_ = 0;
    std::size_t wake_at_ = 0;  ///< how few must be in flight before a waiting caller is woken
    std::size_t stored_ = 0;
    leftfold::cut covered_;
    std::exception_ptr failed_;
};

}  // namespace git_history
