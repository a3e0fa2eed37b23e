#include "driver.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <utility>

#include "deadline.hpp"
#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// How soon to look again when events are committed that are not closed yet: some other partition is in the middle of
/// a commit.
constexpr std::chrono::milliseconds until_closed{5};

}  // namespace

driver::driver(std::shared_ptr<store_core> store, std::vector<worker*> workers, std::shared_ptr<model_signals> signals)
    : store_(std::move(store)), workers_(std::move(workers)), signals_(std::move(signals)) {}

void driver::start() {
    auto made = store_.world().executors->make_executor();
    {
        const std::lock_guard lock(mutex_);
        executor_ = std::move(made);
    }
    post_turn(round_);
}

void driver::stop() {
    std::unique_ptr<executor> ending;
    {
        const std::lock_guard lock(mutex_);
        ending = std::move(executor_);
    }
    ending.reset();  // finishes what is queued, which posts nothing more
}

namespace {

/// How a task ended, for whoever waits for that and owns this. What was thrown is handed over whole: the thread that
/// threw it holds no share that it could let go of while it is being read.
class awaited_end {
public:
    void tell(std::exception_ptr&& failed) {
        const std::lock_guard lock(mutex_);
        failed_ = std::move(failed);
        is_over_ = true;
        told_.notify_one();  // under the lock: its owner is gone soon after
    }
    void wait() {
        std::unique_lock lock(mutex_);
        told_.wait(lock, [this] { return is_over_; });
        if (failed_) std::rethrow_exception(std::move(failed_));
    }

private:
    std::mutex mutex_;
    std::condition_variable told_;
    std::exception_ptr failed_;
    bool is_over_ = false;
};

}  // namespace

bool driver::run(unique_function<void()> task) {
    awaited_end end;
    {
        const std::lock_guard lock(mutex_);
        if (!executor_) return false;
        executor_->post([self = shared_from_this(), task = std::move(task), &end]() mutable {
            std::exception_ptr failed;
            try {
                task();
            } catch (...) {
                failed = std::current_exception();
            }
            self->post_turn(++self->round_);
            end.tell(std::move(failed));
        });
    }
    end.wait();
    return true;
}

void driver::post_turn(std::uint64_t round) {
    const std::lock_guard lock(mutex_);
    if (!executor_) return;
    executor_->post([self = shared_from_this(), round] {
        if (round == self->round_) self->turn();
    });
}

void driver::turn() {
    if (signals_->stopping) return;
    try {
        const auto seen = store_.heads();  // before the steps: what comes during them is news
        bool busy = false;
        for (auto* each : workers_) {
            const auto did = each->step();
            busy = busy || did == lane::action::fold || did == lane::action::flush;
        }
        if (busy)
            post_turn(round_);
        else
            rest(seen);
    } catch (const std::exception& failed) {
        rest_after(failed);
    }
}

/// Something failed that no worker took for its own. They go on from their checkpoints, after a wait; when the store is
/// closed there is nothing to go on with.
void driver::rest_after(const std::exception& failed) {
    const auto* const known = dynamic_cast<const error*>(&failed);
    try {
        if (known == nullptr || known->kind() != errc::store_closed) {
            for (auto* each : workers_) each->broke_off(failed);
            return wait_beyond(beyond_all(store_.partitions()), signals_->options.longest_rest);
        }
    } catch (const std::exception&) {
        // Not even a wait is to be had: the same end, and the first failure says more than this one.
    }
    if (store_.world().observer)
        store_.world().observer->on_warning(std::string("projections stopped: ") + failed.what());
}

/// In a reading process: committed events stay open when their owner is gone. After a while somebody has to seal.
void driver::close_what_is_left(std::int64_t now_us) {
    if (!open_since_us_) open_since_us_ = now_us;
    if (now_us - *open_since_us_ < bounded(store_.limits().as_of_wait).count()) return;
    open_since_us_ = now_us;  // an owner that is busy, or one who may not write, is asked again as much later
    const auto report = seal(store_);
    if (report.status != seal_status::forbidden || was_forbidden_ || !store_.world().observer) return;
    was_forbidden_ = true;
    store_.world().observer->on_warning("the last events of the store are not closed, and stay unread: " +
                                        report.detail);
}

void driver::rest(const cut& seen) {
    auto at_most = bounded(signals_->options.longest_rest);
    const auto now = store_.world().clock->elapsed_us();
    if (store_.closed_cut().covers(seen)) {
        open_since_us_.reset();
    } else {
        at_most = std::min<std::chrono::microseconds>(at_most, until_closed);
        if (store_.access() == access::read_only) close_what_is_left(now);
    }
    wait_beyond(seen, at_most);
}

/// Takes a turn when the store has something beyond that, a worker is due, or the time is over.
void driver::wait_beyond(const cut& seen, std::chrono::microseconds at_most) {
    const auto now = store_.world().clock->elapsed_us();
    for (const auto* each : workers_) at_most = std::min(at_most, std::chrono::microseconds(each->due_us(now) - now));
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(at_most);
    store_.start_wait_beyond(seen, whole, [weak = weak_from_this(), round = round_](std::error_code, const cut&) {
        if (auto self = weak.lock()) self->post_turn(round);
    });
}

}  // namespace leftfold::inline v0::detail
