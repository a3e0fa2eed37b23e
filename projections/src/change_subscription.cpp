#include "leftfold/projections/change_subscription.hpp"

#include <fmt/format.h>

#include <atomic>
#include <mutex>

#include "file_rows.hpp"
#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/observer.hpp"
#include "thrown_text.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// A ring that is missed, since a file system gave no notice of it, is made up for after so long.
constexpr std::chrono::seconds look_again{1};

}  // namespace

struct subscription_core::state {
    work what;
    std::shared_ptr<leftfold::observer> observer;
    std::atomic<bool> is_stopping{false};
    mutable std::mutex mutex;
    change_position reached;  // under the mutex, as the next two
    std::exception_ptr failure{};
    bool is_running = true;
    std::unique_ptr<executor> thread{};  // last: it ends before the rest goes

    void run();
    void go_through_page();
    void hand_over(const change_position& at, function_ref<void()> call);
};

void subscription_core::state::hand_over(const change_position& at, function_ref<void()> call) {
    try {
        call();
    } catch (...) {
        const auto thrown = std::current_exception();
        throw subscriber_failed(at,
                                fmt::format("handing change {} of table {} to a subscriber: {}", to_string(at),
                                            what.table, thrown_text(thrown)),
                                thrown);
    }
    const std::lock_guard lock(mutex);
    reached = at;
}

void subscription_core::state::go_through_page() {
    what.page(look_again, [&](const change_position& at, function_ref<void()> call) {
        if (is_stopping) return false;
        hand_over(at, call);
        return true;
    });
}

void subscription_core::state::run() {
    std::exception_ptr thrown;
    try {
        while (!is_stopping) go_through_page();
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown && observer) observer->on_warning(thrown_text(thrown));
    const std::lock_guard lock(mutex);
    failure = thrown;
    is_running = false;
}

subscription_core::subscription_core(const opened_model& model, work what)
    : subscription_core(model.rows().world(), std::move(what)) {}

subscription_core::subscription_core(const environment& world, work what) {
    const auto from = what.from;
    state_ = std::unique_ptr<state>(
        new state{.what = std::move(what), .observer = world.observer, .mutex = {}, .reached = from});
    state_->thread = world.executors->make_executor();
    state_->thread->post([it = state_.get()] { it->run(); });
}

subscription_core::~subscription_core() { stop(); }

void subscription_core::stop() {
    state_->is_stopping = true;
    state_->what.interrupt();
    state_->thread.reset();
}

bool subscription_core::is_running() const {
    const std::lock_guard lock(state_->mutex);
    return state_->is_running;
}

change_position subscription_core::position() const {
    const std::lock_guard lock(state_->mutex);
    return state_->reached;
}

void subscription_core::check() const {
    const std::lock_guard lock(state_->mutex);
    if (state_->failure) std::rethrow_exception(state_->failure);
}

}  // namespace leftfold::inline v0::detail
