#include "simulation/scheduler.hpp"

#include <algorithm>
#include <limits>

namespace leftfold::simulation {

class scheduler::lane final : public executor {
public:
    lane(scheduler& of, std::int64_t number) : of_(of), number_(number) { of_.lanes_.push_back(this); }
    ~lane() override {
        while (!tasks_.empty()) run();
        std::erase(of_.lanes_, this);
    }

    void post(unique_function<void()> task) override {
        if (tasks_.empty()) ready_at_ = of_.clock_.now() + of_.luck_.between(0, of_.wake_up_.count());
        tasks_.push_back(std::move(task));
    }

    void run() {
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        of_.notes_.note("lane", number_, of_.clock_.now());
        task();
    }

    bool is_idle() const { return tasks_.empty(); }
    std::int64_t ready_at() const { return ready_at_; }

private:
    scheduler& of_;
    std::int64_t number_;
    std::int64_t ready_at_ = 0;
    std::deque<unique_function<void()>> tasks_;
};

std::unique_ptr<executor> scheduler::make_executor() { return std::make_unique<lane>(*this, ++lanes_made_); }

void scheduler::after(std::chrono::microseconds delay, unique_function<void()> task) {
    timers_.push(
        {clock_.now() + delay.count(), ++timers_set_, std::make_shared<unique_function<void()>>(std::move(task))});
}

void scheduler::run_timer() {
    const auto due = timers_.top();
    timers_.pop();
    notes_.note("timer", static_cast<std::int64_t>(due.number), clock_.now());
    (*due.task)();
}

void scheduler::wait_for_something() {
    auto soonest = timers_.empty() ? std::numeric_limits<std::int64_t>::max() : timers_.top().due;
    for (const auto* each : lanes_)
        if (!each->is_idle()) soonest = std::min(soonest, each->ready_at());
    clock_.advance(std::chrono::microseconds{std::max<std::int64_t>(0, soonest - clock_.now())});
}

bool scheduler::run_one() {
    clock_.advance(std::chrono::microseconds{luck_.between(0, 3)});
    for (bool has_waited = false;; has_waited = true) {
        ready_.clear();
        for (auto* each : lanes_)
            if (!each->is_idle() && each->ready_at() <= clock_.now()) ready_.push_back(each);
        const std::size_t timers = !timers_.empty() && timers_.top().due <= clock_.now() ? 1 : 0;
        if (ready_.size() + timers == 0) {
            const auto none = timers_.empty() && std::ranges::all_of(lanes_, [](auto* l) { return l->is_idle(); });
            if (none || has_waited) return false;
            wait_for_something();
            continue;
        }
        const auto drawn = luck_.below(ready_.size() + timers);
        if (drawn == ready_.size())
            run_timer();
        else
            ready_[drawn]->run();
        return true;
    }
}

}  // namespace leftfold::simulation
