#include "support/manual_executors.hpp"

#include <utility>

namespace leftfold::test_support {

class manual_executors::queue final : public executor {
public:
    explicit queue(manual_executors& of) : of_(of) {}
    ~queue() override { of_.run_all(); }
    void post(unique_function<void()> task) override { of_.tasks_.push_back(std::move(task)); }

private:
    manual_executors& of_;
};

std::unique_ptr<executor> manual_executors::make_executor() { return std::make_unique<queue>(*this); }

bool manual_executors::run_one() {
    if (tasks_.empty()) return false;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
    return true;
}

void manual_executors::run_all() {
    while (run_one()) {
    }
}

}  // namespace leftfold::test_support
