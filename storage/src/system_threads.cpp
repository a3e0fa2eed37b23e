#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

#include "leftfold/storage/assert.hpp"
#include "system_world.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Starts a thread that takes no signals: an application's handlers run on threads of its own.
template <class Function>
std::thread start_thread(Function&& function) {
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread started(std::forward<Function>(function));
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return started;
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
}

/// One thread that runs tasks in the order in which they came.
class thread_executor final : public executor {
public:
    thread_executor() : thread_(start_thread([this] { run(); })) {}

    ~thread_executor() override {
        LEFTFOLD_ASSERT(std::this_thread::get_id() != thread_.get_id());
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    void post(unique_function<void()> task) override {
        {
            const std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        wake_.notify_one();
    }

private:
    void run() {
        pthread_setname_np(pthread_self(), "leftfold");
        for (std::unique_lock lock(mutex_);;) {
            wake_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
            if (tasks_.empty()) return;
            auto task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            task = {};  // what it holds is released here, not under the lock
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<unique_function<void()>> tasks_;
    bool closing_ = false;
    std::thread thread_;  // last: it uses all of the above
};

class system_threads final : public executor_source {
public:
    std::unique_ptr<executor> make_executor() override { return std::make_unique<thread_executor>(); }
};

}  // namespace

std::shared_ptr<executor_source> make_system_threads() { return std::make_shared<system_threads>(); }

}  // namespace leftfold::inline v0::detail
