#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/to_text.hpp"
#include "leftfold/storage/event.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold::inline v0::testing {

namespace detail {

/// One event of a test, or time that passes.
struct happening {
    std::optional<std::chrono::microseconds> time{};  ///< nothing for an event
    std::string stream{};
    event_data event{};
    std::string shown{};  ///< the event for people: `deposited{cents: 2}`
};

template <class Event>
happening happening_of(std::string_view stream, const Event& event) {
    happening made{.stream = std::string(stream), .shown = to_text(event)};
    made.event.type = Event::event_type;
    encode(event, made.event.payload);
    return made;
}

}  // namespace detail

/// What happens in a test of a projection, in the order in which it is recorded. Made by on() and after().
class happenings {
public:
    explicit happenings(std::vector<detail::happening> all) : all_(std::move(all)) {}

    /// Says when these events happened, by their producer's word.
    happenings& occurred(occurred_at when) {
        for (auto& each : all_) each.event.occurred = when;
        return *this;
    }
    /// Sends these headers along with each of these events.
    happenings& with(const headers& metadata) {
        for (auto& each : all_) each.event.metadata = metadata;
        return *this;
    }

    const std::vector<detail::happening>& all() const { return all_; }

private:
    std::vector<detail::happening> all_;
};

/// Says which stream events belong to, as `category-key`: `on("account-alice", opened{"Alice"}, deposited{50})`.
/// Throws errc::invalid_name for what names no stream.
template <class... Events>
happenings on(std::string_view stream, const Events&... events) {
    (void)stream_id::parse(stream);
    return happenings({detail::happening_of(stream, events)...});
}

/// Lets time pass between what stands before and what stands after it: `after(24h)`. Where none passes, each event is
/// recorded a microsecond after the one before it. Throws errc::invalid_argument for time that would run back, and for
/// more than passing_time_max.
inline happenings after(std::chrono::microseconds time) {
    check_passing_time(time);
    return happenings({{.time = time}});
}

}  // namespace leftfold::inline v0::testing
