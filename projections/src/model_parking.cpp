// How a model sets streams aside and takes them back: docs/projections.md, "Parking".

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <new>
#include <span>
#include <stdexcept>

#include "deadline.hpp"
#include "leftfold/storage/assert.hpp"
#include "leftfold/storage/error.hpp"
#include "model.hpp"
#include "projection_access.hpp"
#include "refold.hpp"

namespace leftfold::inline v0::detail {

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

}  // namespace

/// Folds an event, or sets it aside. Throws when the projection cannot go on.
void model::fold_or_park(const event_batch& batch, std::size_t i) {
    const auto& event = batch.events()[i];
    auto& writers = *projection_access::writers(*instance_);
    if (discarded_.contains(event.id) || parked_->takes(event)) return;
    try {
        projection_access::apply(*instance_, batch, i, side_.get());
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failed) {
        if (side_->is_broken()) throw;
        if (!parked_->park(*database_, writers, event, failed.what()))
            throw std::runtime_error(fmt::format("{}; its stream is not parked: that would be more than {} streams",
                                                 failed.what(), options_.parked_max));
        writers.fold_live(parked_->streams());
        tries_ = 0;
        schedule_retry();
        warn(fmt::format("projection {} parks stream {}-{} from event {} on: {}", name_, event.category, event.key,
                         to_string(event.position()), failed.what()));
    }
}

/// Begins with what the database says of parked streams. They are tried at once: the program may be a better one.
void model::load_parked() {
    if (!parked_) return;
    parked_->load(*database_);
    discarded_ = decisions(home_->file(), name_).discarded();
    projection_access::writers(*instance_)->fold_live(parked_->streams());
}

void model::schedule_retry() {
    if (tries_ >= options_.retries.count) {
        retry_due_us_ = never;
        return;
    }
    const auto longest = bounded(options_.retries.longest_wait);
    auto wait = bounded(options_.retries.first_wait);
    for (int i = 0; i < tries_ && wait < longest; ++i) wait *= 2;
    retry_due_us_ = now_us() + std::min(wait, longest).count();
}

bool model::retry_is_due() const {
    return parked_ && !parked_->is_empty() && !renew_ && now_us() >= retry_due_us_ &&
           lane_.folded() == lane_.durable() && !lane_.is_stopped() && !order_.forbids_work();
}

/// Tries every parked stream once, from the queue.
void model::retry_queue() {
    try {
        for (const auto& stream : parked_->streams())
            if (parked_->contains(stream)) refold_parked(stream);
        ++tries_;
        schedule_retry();
    } catch (const std::exception& failed) {
        fail(std::nullopt, failed.what());
    }
}

/// Folds a parked stream, and those that share rows with it, anew. Returns whether they have rejoined.
bool model::refold_parked(const std::string& stream) {
    auto& writers = *projection_access::writers(*instance_);
    auto streams = parked_->together(*database_, writers, std::set<std::string>{stream});
    const auto absences = parked_->absences(*database_);
    while (true) {
        point("refold begins");
        database_->begin();
        const auto outcome = refold({store_, *instance_, *side_, options_.events, filter_, discarded_, start_.after,
                                     absences, options_.flush.rows},
                                    streams, place_.at());
        taps_.discard();  // what it told is of events that were passed
        if (!outcome.failed && outcome.also.empty()) break;
        end_transaction();
        for (auto* part : projection_access::parts(*instance_)) part->forget();
        writers.fold_live(parked_->streams());
        if (outcome.failed) {
            const auto& event = outcome.failed->event;
            parked_->failed_again(streams, to_string(event.stream), event.view(), outcome.failed->why);
            save_parked();
            return false;
        }
        // Not one of them, or it would not have been in the way: so the set grows, and this ends.
        streams.merge(parked_->together(*database_, writers, std::set<std::string>{outcome.also}));
    }
    parked_->rejoin(streams);
    writers.fold_live(parked_->streams());
    parked_->write(*database_, writers);
    database_->save(name_, checkpoint());
    point("refold is written");
    database_->commit();
    side_->transaction_ended();
    unsaved_ = false;
    point("refold is committed");
    rows_were_replaced(fmt::format("stream {} was parked, and is folded again", stream));
    warn(fmt::format("projection {}: stream {} is folded again and has rejoined", name_, stream));
    return true;
}

void model::save_parked() {
    database_->begin();
    parked_->write(*database_, *projection_access::writers(*instance_));
    database_->commit();
}

/// What the lane has open is settled first: a refold begins and ends between flushes.
void model::check_parked(const std::string& stream) {
    if (renew_) renew();
    if (!parked_ || !parked_->contains(stream))
        throw error(errc::not_found, fmt::format("looking for stream {} among the parked ones of projection {}: it is "
                                                 "not parked",
                                                 stream, name_));
    LEFTFOLD_ASSERT(lane_.folded() == lane_.durable());
}

bool model::retry_parked(const std::string& stream) {
    check_parked(stream);
    const bool rejoined = refold_parked(stream);
    publish(store_.closed_cut(), lane::action::rest);
    return rejoined;
}

bool model::discard_parked(const std::string& stream) {
    check_parked(stream);
    const auto failed = parked_->failed_event(stream);
    if (failed.at == offset{})
        throw error(
            errc::invalid_argument,
            fmt::format("discarding the failed event of stream {}: it has none, and waits for another stream", stream));
    const auto at = failed.at;
    const auto now = recorded_at::from_micros(store_.world().clock->wall_us());
    store_.read_at(failed.partition, std::span(&at, 1), payloads::skip, [&](const event_view& event) {
        decisions(home_->file(), name_).discard(event, now);
        discarded_.insert(event.id);
        return true;
    });
    point("discard is decided");
    return retry_parked(stream);
}

}  // namespace leftfold::inline v0::detail
