// What a model does when it is told to: docs/operating.md, "Orders".

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "leftfold/projections/start_text.hpp"
#include "leftfold/storage/error.hpp"
#include "model.hpp"
#include "order_book.hpp"

namespace leftfold::inline v0::detail {

/// A pause outlives the program that was told it.
void model::load_order() {
    if (!database_) return;
    auto note = order_book(*home_, name_).paused();
    if (!note) return;
    warn(fmt::format("projection {} is paused: by {}, at {}", name_, note->by,
                     to_rfc3339(recorded_at::from_micros(note->since_us).time())));
    obey({.what = standing_order::kind::pause, .by = std::move(note->by), .since_us = note->since_us});
}

/// Begins anew where it was told to while no engine ran. A place that is not there is told, and nothing is dropped.
void model::seek_as_kept() {
    order_book book(*home_, name_);
    const auto note = book.wanted_seek();
    if (!note) return;
    try {
        seek(parse_start(note->start), note->by);
    } catch (const error& not_there) {
        warn(fmt::format("projection {} does not seek {}, as {} told it: {}", name_, note->start, note->by,
                         not_there.what()));
    }
    book.forget_seek();
}

void model::obey(standing_order order) {
    order_ = std::move(order);
    if (order_.forbids_work())
        lane_.hold();
    else
        lane_.go_on();
    publish(store_.closed_cut(), lane::action::rest);
}

void model::pause(const std::string& by) {
    save_progress();
    const auto now = store_.world().clock->wall_us();
    point("pause begins");
    if (database_) order_book(*home_, name_).note_pause({by, now});
    point("pause is durable");
    warn(fmt::format("projection {} is paused by {}", name_, by));
    give_back_memory();
    obey({.what = standing_order::kind::pause, .by = by, .since_us = now});
}

void model::resume(const std::string& by) {
    if (database_ && order_book(*home_, name_).paused()) order_book(*home_, name_).forget_pause();
    point("resuming is durable");
    warn(fmt::format("projection {} is resumed by {}", name_, by));
    lane_.forgive();
    tries_ = 0;
    retry_due_us_ = 0;
    obey({});
}

void model::drain(cut until, const std::string& by) {
    if (lane_.is_stopped()) return;
    warn(fmt::format("projection {} drains up to {}, told by {}", name_, to_string(until), by));
    obey({.what = standing_order::kind::drain,
          .by = by,
          .since_us = store_.world().clock->wall_us(),
          .until = std::move(until)});
    end_drain();
}

/// Pauses when all is folded that was to be. One that failed for good has nothing to drain.
void model::end_drain() {
    if (order_.what == standing_order::kind::drain && lane_.is_stopped()) order_ = {};
    if (!order_.is_drained_at(lane_.durable()) || renew_) return;
    try {
        pause(std::string(order_.by));
    } catch (const std::exception& failed) {
        fail(std::nullopt, failed.what());
    }
}

void model::stop_working(const std::string& by) {
    save_progress();
    warn(fmt::format("projection {} is stopped by {}", name_, by));
    give_back_memory();
    obey({.what = standing_order::kind::stop, .by = by, .since_us = store_.world().clock->wall_us()});
}

void model::seek(const start_at& where, const std::string& by) {
    if (has_builder_) check_not_building("seeking");
    const auto start = find_start(where, store_);  // before anything is dropped: it may not be there
    tell_of_start(start);
    point("seek begins");
    const auto why = fmt::format("{} told it to seek", by);
    if (database_) {
        begin_at(start, why);
    } else {
        start_ = start;
        tell_of_renewal(start, why);
        board_.began(start.since, board_.status().generation + 1);
    }
    renew_ = true;  // whatever fails from here on: what is in memory belongs to rows that are gone
    point("seek is durable");
    rows_were_replaced(why);
    lane_.forgive();
    tries_ = 0;
    retry_due_us_ = 0;
    renew();
    publish(store_.closed_cut(), lane::action::rest);
}

/// Of one that is not going to fold for a while.
void model::give_back_memory() {
    if (database_ && !renew_) forget_rows();
}

}  // namespace leftfold::inline v0::detail
