#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "leftfold/projections/change_feed.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

template <class Row, auto Key>
class change_tap;
struct environment;

/// A subscriber that threw: at which change of which table, and what it said, in the text. It gets no further changes.
/// Its code is errc::projection_stopped.
class subscriber_failed : public error {
public:
    subscriber_failed(change_position at, const std::string& doing, std::exception_ptr cause)
        : error(errc::projection_stopped, doing), at_(at), cause_(std::move(cause)) {}

    /// The change that it was given.
    const change_position& at() const noexcept { return at_; }
    /// What it threw.
    const std::exception_ptr& cause() const noexcept { return cause_; }

private:
    change_position at_;
    std::exception_ptr cause_;
};

namespace detail {

/// A thread that goes through the pages of a feed.
class subscription_core {
public:
    using seen = function_ref<bool(const change_position&, function_ref<void()>)>;
    /// What it does: waits for a page, and gives each change to `hand_over`, until that returns false.
    struct work {
        std::function<void(std::chrono::milliseconds at_most, seen hand_over)> page;
        std::function<void()> interrupt;
        change_position from;
        std::string table;
    };
    subscription_core(const opened_model& model, work what);
    subscription_core(const environment& world, work what);
    ~subscription_core();
    subscription_core(const subscription_core&) = delete;
    subscription_core& operator=(const subscription_core&) = delete;

    void stop();
    bool is_running() const;
    change_position position() const;
    void check() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace detail

/// A change_feed, or a change_tap, with a thread of its own, which calls a function for each change:
///
///     leftfold::change_subscription shown{read, &balances::rows, [&](const auto& change) { show(change); },
///                                         {.from = leftfold::parse_change_position(saved)}};
///
/// The function is called with a row_change<Row>, one after another, and never by two threads at once. While it works
/// nothing waits for it but its own next change: neither the engine nor other subscribers.
///
/// When it throws, that is the end of this subscription and of nothing else: the observer of the read model's store is
/// told, and check() throws subscriber_failed. Position() stands before that change: make another subscription from
/// there to try it again, or after it to pass over it. What a feed throws ends it likewise.
///
/// A change whose function had returned when the process was killed comes again unless its position was kept: keep it
/// together with what the function did, in one transaction, and each change counts once.
///
/// Valid as long as the read model, which has to be there when the subscription is destroyed.
///
/// Thread safety: what is const from any thread; stop() and the destructor from one, and not from the function. The
/// thread comes from the environment of the read model's store, and blocks: in a world of queued executors use
/// change_feed.
class change_subscription {
public:
    /// Throws what the constructor of change_feed throws.
    template <class Projection, class Row, auto Key, class Handler>
    change_subscription(const read_model<Projection>& of, table<Row, Key> Projection::*rows, Handler handler,
                        change_feed_options options = {})
        : core_(of.opened(), work_of(std::make_shared<change_feed<Row, Key>>(of, rows, options), std::move(handler),
                                     ((*of).*rows).untyped().name())) {}
    /// A read model that is gone at the end of the line cannot be followed.
    template <class Projection, class Row, auto Key, class Handler>
    change_subscription(const read_model<Projection>&&, table<Row, Key> Projection::*, Handler,
                        change_feed_options = {}) = delete;

    /// Follows a tap, in the engine's process:
    ///
    ///     leftfold::change_subscription shown{leftfold::change_tap{engine, &balances::rows}, show};
    ///
    /// It may outlive the engine, but not the store.
    template <class Row, auto Key, class Handler>
    change_subscription(change_tap<Row, Key> tap, Handler handler)
        : change_subscription(std::make_shared<change_tap<Row, Key>>(std::move(tap)), std::move(handler)) {}

    /// Returns once the function is not called any more. Also what the destructor does.
    void stop() { core_.stop(); }
    /// Whether it goes on: false once it was stopped or has failed.
    bool is_running() const { return core_.is_running(); }
    /// Behind the last change whose function has returned.
    change_position position() const { return core_.position(); }
    /// Throws what ended it, if anything did: subscriber_failed, or what the feed threw.
    void check() const { core_.check(); }

private:
    template <class Row, auto Key, class Handler>
    change_subscription(const std::shared_ptr<change_tap<Row, Key>>& tap, Handler handler)
        : core_(tap->untyped().world(), work_of(tap, std::move(handler), tap->untyped().table())) {}

    template <class Feed, class Handler>
    static detail::subscription_core::work work_of(std::shared_ptr<Feed> feed, Handler handler, std::string table) {
        auto called = std::make_shared<Handler>(std::move(handler));
        return {.page =
                    [feed, called](std::chrono::milliseconds at_most, detail::subscription_core::seen hand_over) {
                        for (const auto& change : feed->next(at_most))
                            if (!hand_over(change.position, [&] { (*called)(change); })) return;
                    },
                .interrupt = [feed] { feed->interrupt(); },
                .from = feed->position(),
                .table = std::move(table)};
    }

    detail::subscription_core core_;
};

}  // namespace leftfold::inline v0
