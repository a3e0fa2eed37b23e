#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "leftfold/storage/environment.hpp"

/// Executors that never come to what is posted.
class idle_threads final : public leftfold::executor_source {
    class idle final : public leftfold::executor {
        void post(leftfold::unique_function<void()> task) override { tasks_.push_back(std::move(task)); }
        std::vector<leftfold::unique_function<void()>> tasks_;
    };

public:
    std::unique_ptr<leftfold::executor> make_executor() override { return std::make_unique<idle>(); }
};
