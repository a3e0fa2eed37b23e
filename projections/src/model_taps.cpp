// Whom a model tells of the changes that it commits: docs/change_feed.md, "Without history".

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"
#include "model.hpp"
#include "time_after.hpp"

namespace leftfold::inline v0::detail {

std::shared_ptr<tap_queue> model::follow(const std::string& table, rows_copier copy, change_tap_options options) {
    const auto doing = fmt::format("following the changes of table {} as they are made", table);
    if (options.held_changes == 0) throw error(errc::invalid_argument, doing + ": none may be held");
    // Between two steps all that was folded is committed.
    const change_position here{store_.id(), store_.epoch(), time_after(place_.through()), 0};
    auto tap = std::make_shared<tap_queue>(copy, options.held_changes, doing, here);
    taps_.add(table, tap);
    tell_taps();
    return tap;
}

/// Lets the tables that are followed tell what is made of their rows, once these are the live ones.
void model::tell_taps() {
    if (!is_live_) return;
    taps_.listen_to(*instance_);
    if (lanes_) lanes_->visit([this](projection_base& lane) { taps_.listen_to(lane); });
}

/// In the order of the log a flush ends where the next begins. Lanes are each at a place of their own: what one is
/// ahead of another waits.
void model::publish_changes() {
    if (taps_.publish(lanes_ ? place_.through() : recorded_at::max())) tell_taps();
}

/// A flush that failed may have been committed all the same: its changes were not told, and are not folded again.
void model::look_for_untold(const cut& stored) {
    if (!taps_.empty() && !lane_.durable().covers(stored)) rows_were_replaced("a flush that failed is committed");
}

}  // namespace leftfold::inline v0::detail
