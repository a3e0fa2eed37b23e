#include "command_state.hpp"

#include <limits>
#include <utility>

#include "leftfold/storage/closing.hpp"

namespace leftfold::inline v0::detail {

command_state::~command_state() {
    if (held_ && held_->end.version > version{}) core_.residents_->put(stream_, std::move(*held_));
}

/// The head is asked before the resident is taken: a child of fork(2) is refused there, and never waits for a lock that
/// a thread of its parent held.
fold_end command_state::look() {
    if (core_.residents_) {
        const auto head = core_.store_.head(stream_).value_or(version{});
        held_ = core_.residents_->take(stream_);
        if (held_ && held_->end.version < head) standing_ = standing::outdated;
    }
    return load();
}

void command_state::begin() {
    if (!core_.residents_) return;
    const auto partition = core_.store_.partition_of(stream_);
    begun_ = core_.store_.heads().at(partition);
    // A commit in doubt is not counted by heads(), but loads see it when it was stored.
    if (closed_state_of(core_.store_).held_by == partition) begun_ = offset{std::numeric_limits<std::int64_t>::max()};
    held_ = core_.residents_->take(stream_);
    if (held_) standing_ = standing::unproven;
}

fold_end command_state::load() {
    if (!core_.residents_) {
        target_.reset();
        return core_.fold(target_, stream_, {});
    }
    if (!held_) {
        resident made{.state = target_.make_new(), .end = {}};
        made.end = core_.fold(*made.state, stream_, {});
        held_ = std::move(made);
        standing_ = standing::current;
    } else if (standing_ == standing::outdated) {
        read_on();
        standing_ = standing::current;
    }
    target_.become(*held_->state);
    return held_->end;
}

bool command_state::confirm() {
    if (standing_ == standing::unproven) {
        const auto head = core_.store_.head(stream_).value_or(version{});
        standing_ = head == held_->end.version ? standing::current : standing::outdated;
        if (head < held_->end.version) drop();  // cannot be; and were it so, no resident would know better
    }
    return standing_ == standing::current;
}

bool command_state::lost(const conflict& refused) noexcept {
    if (!held_) return true;
    const auto& missed = refused.missed;
    const bool is_whole = !missed.empty() && missed.front().version == held_->end.version.next() &&
                          missed.back().version == refused.actual;
    const bool is_race = standing_ != standing::unproven || (is_whole && missed.back().at > begun_);
    standing_ = standing::outdated;
    if (!is_whole) return is_race;  // more than a conflict carries: load() reads them
    try {
        std::vector<event_view> next;
        next.reserve(missed.size());
        for (const recorded_event& event : missed) next.push_back(event.view());
        take_in(next);
        standing_ = standing::current;
    } catch (...) {
        drop();  // load() meets the trouble again, and says what it is
    }
    return is_race;
}

/// The resident takes in the stored form, as a fold of the stream would, not the events that the decision held.
void command_state::stored(const appended& outcome, const std::vector<event_data>& raised) noexcept {
    if (!held_) return;
    const auto before = held_->end.version;
    const auto count = static_cast<std::int64_t>(raised.size());
    if (outcome.repeated || outcome.version() != before.plus(count)) return drop();
    try {
        std::vector<event_view> next;
        next.reserve(raised.size());
        for (const event_data& event : raised) {
            const auto n = static_cast<std::int64_t>(next.size());
            next.push_back({.partition = outcome.position.partition,
                            .at = outcome.first.plus(n),
                            .category = stream_.category(),
                            .key = stream_.key(),
                            .version = before.plus(n + 1),
                            .type = event.type,
                            .payload = event.payload});
        }
        take_in(next);
    } catch (...) {
        drop();  // the command is carried out all the same
    }
}

/// A snapshot holds the hash of the log's chain where it ends, which only the log knows: when one is due, the events
/// are read after all.
void command_state::take_in(std::span<const event_view> next) {
    if (core_.is_snapshot_due(held_->end, next.size())) return read_on();
    resident moved = std::move(*held_);
    held_.reset();
    for (const event_view& event : next) {
        core_.apply(*moved.state, event);
        moved.end.version = event.version;
        moved.end.position = event.position();
        moved.grown += event.payload.size();
    }
    held_ = std::move(moved);
}

void command_state::read_on() {
    resident moved = std::move(*held_);
    held_.reset();
    moved.end = core_.fold_from(moved.end, *moved.state, stream_, {}, core_.writing_keeper());
    moved.counted = 0;
    held_ = std::move(moved);
}

}  // namespace leftfold::inline v0::detail
