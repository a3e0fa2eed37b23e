#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

#include "leftfold/storage/event_store.hpp"

// The asynchronous twins of event_store's functions, for any Boost.Asio completion token: a callback, asio::use_future,
// asio::use_awaitable, asio::deferred (the default), and so on.
//
// A handler runs on its associated executor (without one: on Asio's system executor), never on a thread of the store's.
// A store that closes completes the appends that it can no longer do with operation_canceled, readings with
// errc::store_closed, and waits, which are over then, with the heads as they are (or so, where one had not begun). A
// handle that only reads serves its waits one after another. Handlers must not outlive what they refer to; the store
// itself may go first.

namespace leftfold::inline v0 {

namespace detail {

/// Turns a completion handler into a callable for any thread: it posts the handler to its executor, which counts
/// the operation as outstanding work until then.
template <class T, class Handler>
auto on_its_executor(Handler handler) {
    auto executor = boost::asio::get_associated_executor(handler, boost::asio::system_executor());
    auto work = boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked);
    return [work = std::move(work), handler = std::move(handler)](std::error_code failed, T value) mutable {
        boost::asio::post(work, [handler = std::move(handler), failed, value = std::move(value)]() mutable {
            std::move(handler)(boost::system::error_code(failed), std::move(value));
        });
    };
}

}  // namespace detail

template <class Token>
auto event_store::async_append(std::vector<stream_append> streams, append_options options, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, append_result)>(
        [](auto handler, std::shared_ptr<store_core> core, std::vector<stream_append> what, append_options how) {
            event_store(std::move(core))
                .start_append(std::move(what), how, detail::on_its_executor<append_result>(std::move(handler)));
        },
        token, core_, std::move(streams), options);
}

template <class Token>
auto event_store::async_read_stream(stream_id stream, stream_read options, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::vector<recorded_event>)>(
        [](auto handler, std::shared_ptr<store_core> core, stream_id which, stream_read how) {
            event_store(std::move(core))
                .start_read_stream(std::move(which), how,
                                   detail::on_its_executor<std::vector<recorded_event>>(std::move(handler)));
        },
        token, core_, std::move(stream), options);
}

template <class Token>
auto event_store::async_wait_beyond(cut seen, std::chrono::milliseconds at_most, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, cut)>(
        [](auto handler, std::shared_ptr<store_core> core, cut known, std::chrono::milliseconds longest) {
            event_store(std::move(core))
                .start_wait_beyond(std::move(known), longest, detail::on_its_executor<cut>(std::move(handler)));
        },
        token, core_, std::move(seen), at_most);
}

}  // namespace leftfold::inline v0
