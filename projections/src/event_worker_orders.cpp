// What a process or a reactor does when it is told to: docs/operating.md, "Orders".

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "event_worker.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

void event_worker::stay_paused(const std::optional<pause_note>& kept) {
    if (!kept) return;
    warn(fmt::format("{} {} is paused: by {}, at {}", kind_, name_, kept->by,
                     to_rfc3339(recorded_at::from_micros(kept->since_us).time())));
    obey({.what = standing_order::kind::pause, .by = kept->by, .since_us = kept->since_us});
}

void event_worker::obey(standing_order order) {
    order_ = std::move(order);
    if (order_.forbids_work())
        lane_.hold();
    else
        lane_.go_on();
    publish(store_.closed_cut());
}

void event_worker::pause(const std::string& by) {
    save_progress();
    point("pause begins");
    const auto since_us = keep_pause(by);
    point("pause is durable");
    warn(fmt::format("{} {} is paused by {}", kind_, name_, by));
    obey({.what = standing_order::kind::pause, .by = by, .since_us = since_us});
}

void event_worker::resume(const std::string& by) {
    save_progress();
    point("resuming begins");
    keep_resumption(by);
    point("resuming is durable");
    warn(fmt::format("{} {} is resumed by {}", kind_, name_, by));
    if (lane_.attempts() > 0) is_doubtful_ = true;  // what failed may be half done: it is taken up as at a start
    lane_.forgive();
    held_until_us_ = 0;
    obey({});
}

void event_worker::drain(cut until, const std::string& by) {
    if (lane_.is_stopped()) return;
    warn(fmt::format("{} {} drains up to {}, told by {}", kind_, name_, to_string(until), by));
    obey({.what = standing_order::kind::drain,
          .by = by,
          .since_us = store_.world().clock->wall_us(),
          .until = std::move(until)});
    end_drain();
}

/// Pauses when all is done that was to be. One that failed for good has nothing to drain.
void event_worker::end_drain() {
    if (order_.what == standing_order::kind::drain && lane_.is_stopped()) order_ = {};
    if (!order_.is_drained_at(lane_.durable())) return;
    try {
        pause(std::string(order_.by));
    } catch (const std::exception& failed) {
        fail(failed);
    }
}

void event_worker::stop_working(const std::string& by) {
    save_progress();
    warn(fmt::format("{} {} is stopped by {}", kind_, name_, by));
    obey({.what = standing_order::kind::stop, .by = by, .since_us = store_.world().clock->wall_us()});
}

void event_worker::seek(const start_at&, const std::string&) {
    throw error(errc::unsupported,
                fmt::format("sending {} {} to another place: what it was to do in between would be left out, or done "
                            "again",
                            kind_, name_));
}

projection_state event_worker::state(const cut& closed) const {
    if (order_.what == standing_order::kind::pause) return projection_state::paused;
    if (order_.what == standing_order::kind::stop || lane_.is_stopped()) return projection_state::stopped;
    if (order_.what == standing_order::kind::drain) return projection_state::draining;
    if (lane_.attempts() > 0 || !held_because_.empty()) return projection_state::backing_off;
    return lane_.durable().covers(closed) ? projection_state::live : projection_state::catching_up;
}

}  // namespace leftfold::inline v0::detail
