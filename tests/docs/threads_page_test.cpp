// The snippets of docs/threads.md, and the claims of that page that no other test holds.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <csignal>
#include <future>
#include <set>
#include <thread>

#include "leftfold/storage/async.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace threads_page_test {

using namespace std::chrono_literals;

const stream_id alice("account", "alice");

std::vector<event_data> deposit() {
    std::vector<event_data> events;
    events.emplace_back("bank.deposited", R"({"cents":5})");
    return events;
}

std::vector<stream_append> to_alice() {
    std::vector<stream_append> streams;
    streams.emplace_back(alice, expected_version::any(), deposit());
    return streams;
}

/// Remembers on which threads groups were committed.
class committing_threads final : public observer {
public:
    void on_group_commit(const group_commit&) override {
        const std::lock_guard lock(mutex_);
        seen_.insert(std::this_thread::get_id());
    }
    std::set<std::thread::id> seen() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

private:
    mutable std::mutex mutex_;
    std::set<std::thread::id> seen_;
};

/// The real threads, counted.
class counted_executors final : public executor_source {
public:
    std::unique_ptr<executor> make_executor() override {
        ++made;
        return real_->make_executor();
    }
    std::atomic<int> made = 0;

private:
    std::shared_ptr<executor_source> real_ = complete({}).executors;
};

TEST(threads_page, an_append_that_nobody_disturbs_commits_on_its_callers_thread) {
    const auto commits = std::make_shared<committing_threads>();
    auto store = open_memory({.store = {.world = {.observer = commits}}});
    store.append(alice, expected_version::any(), deposit()).value();
    EXPECT_EQ(commits->seen(), std::set{std::this_thread::get_id()});
}

TEST(threads_page, a_store_makes_threads_when_it_needs_them) {
    const test_support::temporary_directory place;
    const auto threads = std::make_shared<counted_executors>();
    auto store = open_sqlite(place / "bank.store", {.store = {.world = {.executors = threads}}});
    store.append(alice, expected_version::any(), deposit()).value();
    static_cast<void>(store.read_stream(alice));
    const int blocking = threads->made;
    store.async_append(to_alice(), {}, boost::asio::use_future).get().value();
    EXPECT_EQ(threads->made, blocking + 1) << "the writer of the one partition that is written asynchronously";
    static_cast<void>(store.async_read_stream(alice, {}, boost::asio::use_future).get());
    store.async_append(to_alice(), {}, boost::asio::use_future).get().value();
    EXPECT_LE(threads->made, blocking + 2) << "and one for asynchronous reads";
    EXPECT_LE(blocking, 3) << "one answers readers in other processes, one keeps the index, one the clock's bound";
}

TEST(threads_page, threads_of_the_library_take_no_signals) {
    sigset_t before{};
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, nullptr, &before), 0);
    std::promise<sigset_t> there;
    const auto own = complete({}).executors->make_executor();
    own->post([&] {
        sigset_t mask{};
        pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        there.set_value(mask);
    });
    const auto mask = there.get_future().get();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGUSR1}) {
        EXPECT_EQ(sigismember(&mask, signal), 1) << signal;
        EXPECT_EQ(sigismember(&before, signal), 0) << signal << " is the application's, before as after";
    }
    sigset_t after{};
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, nullptr, &after), 0);
    EXPECT_EQ(sigismember(&after, SIGTERM), 0);
}

TEST(threads_page, handlers_run_where_they_belong_and_never_on_a_writers_thread) {
    const auto commits = std::make_shared<committing_threads>();
    auto store = open_memory({.store = {.world = {.observer = commits}}});
    boost::asio::io_context context;
    std::thread::id ran_on;
    // A callback runs on the executor that it is bound to.
    store.async_append(to_alice(), {},
                       boost::asio::bind_executor(context, [&](boost::system::error_code failed, append_result done) {
                           if (!failed && done) ran_on = std::this_thread::get_id();
                       }));
    context.run();
    EXPECT_EQ(ran_on, std::this_thread::get_id());

    // Without one, on a thread of Asio's own pool, where it may call the store again.
    std::promise<std::thread::id> unbound;
    store.async_append(to_alice(), {}, [&](boost::system::error_code, append_result) {
        static_cast<void>(store.append(alice, expected_version::any(), deposit()));
        unbound.set_value(std::this_thread::get_id());
    });
    const auto pool = unbound.get_future().get();
    EXPECT_NE(pool, std::this_thread::get_id());

    // A future, when the caller has nothing else to do.
    auto done = store.async_append(to_alice(), {}, boost::asio::use_future).get();

    // Deferred, the default: nothing happens before the operation is started.
    auto operation = store.async_append(to_alice());
    auto later = std::move(operation)(boost::asio::use_future).get();
    EXPECT_EQ(later->version(), done->version().next());
}

// A coroutine. With g++ 12, let each co_await use variables only: it destroys a temporary with a non-trivial
// member, or a lambda that captures a string, twice when it stands inside the awaited expression.
boost::asio::awaitable<void> deposit_and_read(event_store& store, std::size_t& read) {
    auto streams = to_alice();
    auto done = co_await store.async_append(std::move(streams), {}, boost::asio::use_awaitable);
    auto events = co_await store.async_read_stream(alice, {}, boost::asio::use_awaitable);
    if (done) read = events.size();
}

TEST(threads_page, a_coroutine_awaits_an_append_and_a_read) {
    auto store = open_memory();
    boost::asio::io_context context;
    std::size_t read = 0;
    boost::asio::co_spawn(context, deposit_and_read(store, read), boost::asio::detached);
    context.run();
    EXPECT_EQ(read, 1u);
}

TEST(threads_page, closing_ends_every_wait) {
    auto store = open_memory();
    auto waiting = store.async_wait_beyond(store.heads(), 1h, boost::asio::use_future);
    store.close();
    EXPECT_EQ(waiting.get(), cut(4));
    EXPECT_THROW(static_cast<void>(store.wait_beyond(cut(4), 1h)), error);
}

}  // namespace threads_page_test
}  // namespace leftfold
