#include "leftfold/testing/world.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::testing {

void check_passing_time(std::chrono::microseconds time) {
    if (time < time.zero()) throw error(errc::invalid_argument, "letting time pass in a test: it does not run back");
    if (time > passing_time_max)
        throw error(errc::invalid_argument, "letting time pass in a test: " + std::to_string(time.count()) +
                                                " us, where " + std::to_string(passing_time_max.count()) +
                                                " us, a thousand years, may pass at once");
}

void manual_clock::advance(std::chrono::microseconds by) {
    check_passing_time(by);
    elapsed_ += by.count();
    wall_ += by.count();
}

void manual_clock::advance_to(instant when) {
    const auto current = now();
    if (when <= current) return;
    // A clock that was set to before 1970 is further from the last instant than can be counted.
    const auto unsigned_us = [](instant t) { return static_cast<std::uint64_t>(t.time_since_epoch().count()); };
    const auto ahead = unsigned_us(when) - unsigned_us(current);
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    advance(std::chrono::microseconds{static_cast<std::int64_t>(std::min(ahead, most))});
}

std::uint64_t seeded_random::next() {
    constexpr std::uint64_t step = 0x9e3779b97f4a7c15U;
    std::uint64_t bits = state_.fetch_add(step) + step;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31U);
}

void queued_executors::queue::push(unique_function<void()> task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
}

bool queued_executors::queue::run_one() {
    unique_function<void()> task;
    {
        const std::lock_guard lock(mutex_);
        if (tasks_.empty()) return false;
        task = std::move(tasks_.front());
        tasks_.pop_front();
    }
    task();
    return true;
}

class queued_executors::member final : public executor {
public:
    explicit member(std::shared_ptr<queue> joined) : queue_(std::move(joined)) {}
    ~member() override {
        // Its own tasks stand among those of others, and order counts, so all go.
        while (queue_->run_one()) continue;
    }

    void post(unique_function<void()> task) override { queue_->push(std::move(task)); }

private:
    std::shared_ptr<queue> queue_;
};

std::unique_ptr<executor> queued_executors::make_executor() { return std::make_unique<member>(queue_); }

std::size_t queued_executors::run() {
    std::size_t ran = 0;
    while (run_one()) ++ran;
    return ran;
}

}  // namespace leftfold::inline v0::testing
