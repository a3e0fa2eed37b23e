#include "event_worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "continuity.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"

namespace leftfold::inline v0::detail {

namespace {

constexpr std::size_t page_events = 256;
constexpr std::size_t page_bytes = std::size_t{4} << 20;

/// How soon to try again when the store may not record now: its clock is in doubt, or a commit is in flight.
constexpr std::chrono::microseconds until_recording = std::chrono::milliseconds{100};

/// Whether the store will record again without anybody doing anything to the worker.
bool passes(errc kind) { return kind == errc::clock_jump || kind == errc::clock_ahead || kind == errc::would_block; }

}  // namespace

event_worker::event_worker(std::shared_ptr<store_core> store, settings how, std::shared_ptr<model_signals> signals)
    : store_(std::move(store)),
      signals_(std::move(signals)),
      kind_(how.kind),
      name_(how.name),
      filter_(std::move(how.filter)),
      save_every_(how.save_every),
      lane_(how.retries, signals_->options.supervision),
      board_(store_.core(), signals_, kind_, name_) {}

void event_worker::begin_at(const start_place& start) {
    if (!start.instead_of.empty())
        warn(fmt::format("{} {} begins at {} instead: {}", kind_, name_, to_string(start.after), start.instead_of));
    board_.began(start.since, 1);
}

void event_worker::stand_at(const cut& reached) {
    lane_.start_from(reached);
    publish(store_.closed_cut());
}

lane::action event_worker::step() {
    const auto closed_time = store_.closed();  // before the cut: which then holds at least all up to this time
    const auto closed = store_.closed_cut();
    const bool drains = order_.what == standing_order::kind::drain;
    const auto goal = drains ? order_.until : closed;
    auto what = held_until_us_ > now_us() ? lane::action::back_off : lane_.next(goal, now_us());
    try {
        work(what, goal, drains ? recorded_at::min() : closed_time);
        if (what != lane::action::back_off) held_because_.clear();
    } catch (const std::exception& failed) {
        if (!is_doubtful_) lane_.folded(place_.at());
        fail(failed);
    }
    if (what != lane::action::back_off) end_drain();
    publish(closed);
    return what;
}

void event_worker::work(lane::action& what, const cut& up_to, recorded_at closed) {
    if (is_doubtful_ && may_take_up(what)) {
        lane_.start_from(take_up());
        unsaved_ = 0;
        is_doubtful_ = false;
        what = lane_.next(up_to, now_us());
    }
    if (what == lane::action::fold) go_through(up_to, closed);
    if (!(lane_.folded() == lane_.durable())) {
        if (unsaved_ > 0) save_now();
        lane_.flushed();
    }
    const bool runs = order_.what == standing_order::kind::run;
    if (what == lane::action::rest && runs && idle(closed)) what = lane::action::fold;
}

/// Not while a failure is waited out, nor after the last. One that is paused makes ready too: it can be looked at.
bool event_worker::may_take_up(lane::action next) const {
    if (next == lane::action::hold) return !lane_.is_stopped() && now_us() >= lane_.due_us();
    return next != lane::action::back_off && next != lane::action::stopped;
}

void event_worker::go_through(const cut& up_to, recorded_at closed) {
    page_.clear();  // a copy: what the events lead to may be appended while they are gone through
    auto reached = store_.read_all(lane_.folded(), up_to, filter_, payloads::read, [&](const event_view& event) {
        page_.add(event);
        return page_.size() < page_events && page_.bytes() < page_bytes;
    });
    const auto began_us = now_us();
    std::size_t acted = 0;
    for (const auto& event : page_) {
        if (is_to_break_off(acted)) {
            reached = place_.at();
            break;
        }
        acting_on_ = event.position();
        if (act(event)) ++unsaved_;
        acting_on_.reset();
        was_held_ = false;
        place_.passed(event);
        ++acted;
        if (unsaved_ >= save_every_) save_now();
    }
    if (acted > 0) rate_.flushed(acted, now_us() - began_us);
    if (reached.covers(up_to)) place_.complete(closed);
    place_.reached(std::move(reached));
    lane_.folded(place_.at());
}

/// Whether the engine is to end, or somebody waits to give an order; whoever gives many lets it do something in
/// between.
bool event_worker::is_to_break_off(std::size_t acted) const {
    return signals_->stopping.load(std::memory_order_relaxed) ||
           (acted > 0 && signals_->orders.load(std::memory_order_relaxed) != 0);
}

void event_worker::save_now() {
    point("a checkpoint is due");
    save(place_.checkpoint(store_, {}).at);
    unsaved_ = 0;
    point("a checkpoint is saved");
}

void event_worker::save_progress() noexcept {
    if (is_doubtful_ || unsaved_ == 0) return;
    try {
        save(place_.checkpoint(store_, {}).at);
        unsaved_ = 0;
    } catch (const std::exception&) {
        return;  // then it is gone through again
    }
}

void event_worker::fail(const std::exception& failed) {
    const auto where = std::exchange(acting_on_, std::nullopt);
    const auto text = where ? fmt::format("event {}: {}", to_string(*where), failed.what()) : failed.what();
    const auto* known = dynamic_cast<const error*>(&failed);
    if (known != nullptr && known->kind() == errc::outcome_unknown) is_doubtful_ = true;
    if (known != nullptr && passes(known->kind())) {
        held_until_us_ = now_us() + until_recording.count();
        was_held_ = where.has_value();
        if (std::exchange(held_because_, text).empty()) warn(fmt::format("{} {} waits: {}", kind_, name_, text));
        return;
    }
    lane_.failed(where, text, now_us());
    ++failures_;
    if (!where) ++restarts_;
    last_failure_ = text;
    warn(fmt::format("{} {} failed, attempt {}: {}", kind_, name_, lane_.attempts(), text));
}

void event_worker::broke_off(const std::exception& failed) {
    fail(failed);
    publish(beyond_all(store_.partitions()));  // the store is not asked: it may be what failed
}

bool event_worker::hurry() {
    lane_.hurry();
    return lane_.attempts() > 0 && !lane_.is_stopped() && !order_.forbids_work();
}

std::int64_t event_worker::due_us(std::int64_t now) const {
    auto due = std::numeric_limits<std::int64_t>::max();
    if (lane_.is_stopped()) return due;
    if (lane_.due_us() > now) due = lane_.due_us();
    if (order_.forbids_work()) return due;
    if (held_until_us_ > now) due = std::min(due, held_until_us_);
    if (const auto when = next()) {
        const auto rest = when->micros() - store_.world().clock->wall_us();
        due = std::min(due, now + std::max<std::int64_t>(rest, until_recording.count()));
    }
    return due;
}

void event_worker::publish(const cut& closed) {
    board_.publish({.reached = lane_.durable(),
                    .state = state(closed),
                    .events_per_second = rate_.events_per_second(),
                    .attempts = lane_.attempts(),
                    .failure = lane_.failure().empty() ? held_because_ : lane_.failure(),
                    .failures = failures_,
                    .last_failure = last_failure_,
                    .restarts = restarts_,
                    .is_behind = !lane_.durable().covers(closed),
                    .told = order_,
                    .through = place_.through(),
                    .complete_through = recorded_at::min(),
                    .parked = 0,
                    .parks = false});
}

void event_worker::warn(const std::string& text) const {
    if (store_.world().observer) store_.world().observer->on_warning(text);
}

void event_worker::point(std::string_view step) const {
    if (signals_->options.failpoint) signals_->options.failpoint(step);
}

continued continue_from(std::optional<checkpoint> saved, event_store& store) {
    if (!saved) return {};
    saved->epoch = store.epoch();
    stored_model reached{.shape = {}, .at = std::move(*saved)};
    auto why = why_not_continued(reached, {}, store);
    if (!why.empty()) return {.at = {}, .why = std::move(why)};
    return {.at = std::move(reached), .why = {}};
}

}  // namespace leftfold::inline v0::detail
