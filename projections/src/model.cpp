#include "model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <new>
#include <utility>

#include "batched_fold.hpp"
#include "continuity.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

model::model(std::shared_ptr<store_core> store, make_projection make, projection_options options,
             std::shared_ptr<model_database> database, std::shared_ptr<model_signals> signals)
    : store_(std::move(store)),
      make_(std::move(make)),
      options_(std::move(options)),
      home_(std::move(database)),
      database_(home_),
      signals_(std::move(signals)),
      instance_(make_()),
      decoders_(store_.world(), options_.batch.ahead),
      name_(projection_access::type(*instance_).name),
      shape_(projection_access::shape(*instance_, options_.events)),
      filter_(projection_access::filter(*instance_, options_.events)),
      lane_(options_.retries, signals_->options.supervision),
      board_(store_.core(), signals_, "projection", name_) {
    if (!database_ && !projection_access::parts(*instance_).empty())
        throw error(errc::invalid_argument,
                    fmt::format("adding projection {} in memory: it has tables, so it needs a database", name_));
    check_order();
    if (projection_access::type(*instance_).on_failure != failure_policy::park_key) return;
    for (const auto* part : projection_access::parts(*instance_))
        if (!part->remembers_writers())
            throw error(errc::unsupported, fmt::format("adding projection {}, which parks keys: nobody knows who wrote "
                                                       "the rows of its table {}, since SQL does",
                                                       name_, part->name()));
    if (database_) parked_ = std::make_unique<parked_queue>(name_, options_.parked_max);
}

void model::open() {
    if (home_) {
        shelf_.emplace(home_, name_);
        shelf_->remove_strays();
        take_up();
        match_indices();
        find_start_of_rows();
    } else {
        start_ = find_start(options_.start, store_);
        tell_of_start(start_);
        board_.began(start_.since, 1);
    }
    renew();
    if (!is_live_) begin_to_build(board_);
    load_order();
    if (home_ && is_live_) seek_as_kept();
    publish(store_.closed_cut(), lane::action::rest);  // what it has can be read from now on
}

void model::tell_of_renewal(const start_place& start, const std::string& why) {
    const auto from =
        start.since == recorded_at::min() ? "from the first event" : "from " + to_rfc3339(start.since.time());
    warn(fmt::format("projection {} in {} begins anew {}: {}", name_, home_ ? home_->file().string() : "memory", from,
                     why));
    board_.begun_anew(why);
}

void model::tell_of_start(const start_place& found) const {
    if (!found.instead_of.empty())
        warn(fmt::format("projection {} begins at {} instead: {}", name_, to_string(found.after), found.instead_of));
}

/// Makes a new instance that goes on from the stored checkpoint: what was folded and not flushed is forgotten.
void model::renew() {
    place_.start(start_);
    if (database_) {
        database_->roll_back();
        if (const auto stored = database_->load(name_)) {
            place_.resume(*stored);
            look_for_untold(stored->at.consumed);
        }
    }
    const std::unique_lock lock(instance_mutex_);
    lanes_.reset();
    side_.reset();
    instance_ = make_();
    if (database_) {
        side_ = std::make_unique<write_side>(*database_, *instance_);
        projection_access::stand_on(*instance_, *side_);
        if (projection_access::has_lanes(*instance_))
            lanes_ = std::make_unique<partition_lanes>(store_, make_, options_, filter_, database_->place());
    }
    lane_.start_from(place_.at());
    load_parked();
    taps_.discard();
    tell_taps();
    renew_ = false;
    unsaved_ = false;
}

lane::action model::step() {
    const auto closed_time = store_.closed();  // before the cut: which then holds at least all up to this time
    const auto closed = store_.closed_cut();
    const bool drains = order_.what == standing_order::kind::drain;
    const auto& goal = drains ? order_.until : closed;
    const auto what = step_towards(goal, drains ? recorded_at::min() : closed_time);
    if (!is_live_) see_to_swap(closed, what);
    if (what != lane::action::back_off) end_drain();
    if (retry_is_due()) retry_queue();
    // Readers in other processes see the checkpoint only: nothing else is to do, so tell them.
    if (what == lane::action::rest) save_progress();
    publish(closed, what);
    return what;
}

lane::action model::step_towards(const cut& closed, recorded_at closed_time) {
    const auto began_us = now_us();
    const auto what = lane_.next(closed, began_us);
    if (what == lane::action::fold) fold(closed, closed_time);
    // In one step, since other projections of the database use the same connection: none may meet an open transaction.
    if (what == lane::action::flush || !(lane_.folded() == lane_.durable())) flush(began_us);
    end_transaction();
    return what;
}

/// Ends what is left of a transaction: reads alone, or what an event did that failed.
void model::end_transaction() {
    if (!database_) return;
    database_->roll_back();
    if (side_) side_->transaction_ended();
}

/// Folds up to a cut that is closed, or to the bounds of one flush. At that cut nothing recorded up to `closed` is
/// missing.
void model::fold(const cut& up_to, recorded_at closed) {
    failed_at_.reset();
    try {
        if (renew_) renew();
        if (lanes_) return fold_in_lanes(up_to, closed);
        // One read transaction for all look-ups: taking and leaving a lock for each costs more than the look-up.
        if (database_) database_->run("BEGIN");
        folded_ = 0;
        const auto fold_event = [this](const event_batch& batch, std::size_t i) { return fold_one(batch, i); };
        batched_fold folding(*instance_, options_, options_.flush, decoders_, fold_event);
        cut reached;
        {
            const std::unique_lock lock(instance_mutex_);
            reached = store_.read_all(lane_.folded(), up_to, filter_, payloads::read,
                                      [&](const event_view& event) { return folding.take(event); });
            folding.finish();
        }
        place_.reached(folding.folded(std::move(reached)));
        if (place_.at().covers(up_to)) place_.complete(closed);
        lane_.folded(place_.at());
    } catch (const std::bad_alloc&) {
        fail(std::nullopt, "there was no memory");  // which is no fault of the event, and none that parks a stream
    } catch (const std::exception& failed) {
        if (side_ && side_->is_broken()) {
            fail(std::nullopt, failed.what());
        } else {
            lane_.folded(place_.at());
            fail(failed_at_, failed.what());
        }
    }
}

/// Folds one event of a batch. Returns whether nobody wants it to stop.
bool model::fold_one(const event_batch& batch, std::size_t i) {
    const auto& event = batch.events()[i];
    failed_at_ = event.position();
    if (parked_)
        fold_or_park(batch, i);
    else
        projection_access::apply(*instance_, batch, i, side_.get());
    failed_at_.reset();
    place_.passed(event);
    ++folded_;
    return !signals_->stopping.load(std::memory_order_relaxed) && !makes_way();
}

/// Whether somebody waits to change a model. Whoever builds for another one is part of such a change, or in nobody's
/// way.
bool model::makes_way() const { return told_ == &board_ && signals_->orders.load(std::memory_order_relaxed) != 0; }

bool model::has_pending() const {
    return side_->has_written() || (lanes_ && lanes_->has_pending()) ||
           (parked_ && parked_->is_pending(*projection_access::writers(*instance_))) ||
           projection_access::pending(*instance_) > 0;
}

/// Writes what this step folded, which began at that time.
void model::flush(std::int64_t began_us) {
    try {
        if (database_) {
            // Events that changed nothing move the checkpoint in memory only: nothing is lost if they are read again.
            if (has_pending())
                write_flush();
            else
                unsaved_ = true;
        }
        publish_changes();
        trim();
        lane_.flushed();
        rate_.flushed(std::exchange(folded_, 0), now_us() - began_us);
    } catch (const std::exception& failed) {
        fail(std::nullopt, failed.what());
    }
}

void model::write_flush() {
    point("flush begins");
    side_->flush();
    if (lanes_) lanes_->flush(*side_);
    if (parked_) parked_->write(*database_, *projection_access::writers(*instance_));
    point("rows are written");
    database_->save(name_, checkpoint());
    point("checkpoint is written");
    database_->commit();
    unsaved_ = false;
    point("flush is committed");
}

void model::trim() {
    if (lanes_) lanes_->trim();
    auto held = projection_access::held(*instance_);
    auto* const writers = projection_access::writers(*instance_);
    if (writers != nullptr) held = std::max(held, writers->size());
    if (held >= options_.flush.cached_rows) forget_rows();
}

/// Forgets the rows that are held: right after a flush, when the database has them all.
void model::forget_rows() {
    if (lanes_) lanes_->forget();
    for (auto* part : projection_access::parts(*instance_)) part->forget();
    auto* const writers = projection_access::writers(*instance_);
    if (writers == nullptr) return;
    writers->forget();
    if (parked_) writers->fold_live(parked_->streams());
}

std::unique_ptr<row_healing> model::prepare_healing(std::string_view table, std::string key,
                                                    verify_projection_options options) const {
    if (!database_)
        throw error(errc::unsupported, fmt::format("healing a row of projection {}: it lives in memory", name_));
    options.events = options_.events;
    event_store store(store_.core());
    auto healing = std::make_unique<row_healing>(store, make_, table, std::move(key), std::move(options));
    healing->fold_ahead(home_->file());
    return healing;
}

projection_report model::heal_row(row_healing& by) {
    forget_rows();  // between two steps nothing waits in memory
    auto report = by.run(*database_);
    if (!report.sound()) rows_were_replaced("a row was healed");
    return report;
}

void model::save_progress() noexcept {
    if (!database_ || renew_ || !unsaved_ || !(lane_.folded() == lane_.durable())) return;
    try {
        database_->begin();
        database_->save(name_, checkpoint());
        database_->commit();
        unsaved_ = false;
    } catch (const std::exception&) {
        database_->roll_back();  // the events that it would have skipped are read once more
    }
}

void model::fail(std::optional<position> where, const char* why) {
    if (!where) {
        ++restarts_;
        end_transaction();
        renew_ = true;
        lane_.start_from(lane_.durable());
    }
    auto text = where ? fmt::format("event {}: {}", to_string(*where), why) : std::string(why);
    lane_.failed(where, text, now_us());
    ++failures_;
    last_failure_ = text;
    warn(
        fmt::format("projection {} failed, attempt {} of {}: {}", name_, lane_.attempts(), lane_.attempts_max(), text));
}

void model::broke_off(const std::exception& failed) {
    fail(std::nullopt, failed.what());
    publish(beyond_all(store_.partitions()), lane::action::back_off);  // the store is not asked: it may be what failed
}

projection_state model::state(const cut& closed) const {
    if (order_.what == standing_order::kind::pause) return projection_state::paused;
    if (order_.what == standing_order::kind::stop || lane_.is_stopped()) return projection_state::stopped;
    if (order_.what == standing_order::kind::drain) return projection_state::draining;
    if (lane_.attempts() > 0) return projection_state::backing_off;
    return lane_.durable().covers(closed) ? projection_state::live : projection_state::catching_up;
}

void model::publish(const cut& closed, lane::action did) {
    // What readers wait for is in the rows that they read.
    const bool is_complete = is_live_ && !renew_ && lane_.folded() == lane_.durable();
    board_.publish({.reached = is_live_ ? lane_.durable() : cut(store_.partitions()),
                    .state = state(closed),
                    .events_per_second = rate_.events_per_second(),
                    .attempts = lane_.attempts(),
                    .failure = lane_.failure(),
                    .failures = failures_,
                    .last_failure = last_failure_,
                    .restarts = restarts_,
                    .is_behind = is_live_ && !lane_.durable().covers(closed),
                    .told = order_,
                    .through = place_.through(),
                    .complete_through = is_complete ? place_.through() : recorded_at::min(),
                    .parked = parked_ ? parked_->size() : 0,
                    .parks = parked_ && parked_->was_used()});
    if (did == lane::action::fold && is_live_ && store_.world().observer) {
        const auto now = board_.status();
        store_.world().observer->on_lag({name_, now.events_behind, now.time_behind});
    }
}

void model::look(function_ref<void(const projection_base&)> visit) const {
    const std::shared_lock lock(instance_mutex_);
    visit(*instance_);
}

std::int64_t model::due_us(std::int64_t now) const {
    auto due = std::numeric_limits<std::int64_t>::max();
    if (lane_.due_us() > now) due = lane_.due_us();
    if (parked_ && !parked_->is_empty() && retry_due_us_ > now) due = std::min(due, retry_due_us_);
    return due;
}

void model::warn(const std::string& text) const {
    if (store_.world().observer) store_.world().observer->on_warning(text);
}

void model::point(std::string_view step) const {
    if (signals_->options.failpoint) signals_->options.failpoint(step);
}

}  // namespace leftfold::inline v0::detail
