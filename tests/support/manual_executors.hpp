#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include "leftfold/storage/environment.hpp"

namespace leftfold::test_support {

/// Executors whose tasks run when the test says so, on the test's own thread, in the order in which they came.
class manual_executors final : public executor_source {
public:
    std::unique_ptr<executor> make_executor() override;

    /// Runs the oldest task; false when there is none.
    bool run_one();
    /// Runs tasks, those that they post included, until there is none.
    void run_all();
    std::size_t waiting() const { return tasks_.size(); }

private:
    class queue;

    std::deque<unique_function<void()>> tasks_;
};

}  // namespace leftfold::test_support
