#include "shadow_model.hpp"

#include <algorithm>

#include "leftfold/projections/projection_options.hpp"
#include "merged_streams.hpp"
#include "model_board.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// How often somebody who waits is told.
constexpr std::int64_t events_a_report = 1'000;

}  // namespace

shadow_model::shadow_model(event_store& store, make_projection make, const verify_projection_options& options)
    : store_(store.core()), make_(std::move(make)), options_(options), directory_(options.scratch), rows_(database()) {
    begin_anew(cut(store_.partitions()));
}

void shadow_model::begin_anew(const cut& after) {
    rows_.roll_back();
    fold_.reset();
    instance_ = make_();
    fold_.emplace(rows_, *instance_, options_.events, flush_options(), store_, scratch_fold::beginning{after});
    folded_ = {.after = after, .up_to = after};
}

void shadow_model::fold(const folded_events& wanted) {
    // What was left out and now belongs to the rows stands before what is folded; what is folded and does not, too.
    const auto was_left_out = std::any_of(folded_.parked.begin(), folded_.parked.end(),
                                          [&](const position& each) { return !wanted.parked.contains(each); });
    if (was_left_out || wanted.after != folded_.after || !wanted.up_to.covers(folded_.up_to)) begin_anew(wanted.after);
    wanted_ = events_ + static_cast<std::int64_t>(events_between(folded_.up_to, wanted.up_to));
    if (options_.stream)
        fold_stream(wanted);
    else
        fold_log(wanted);
    fold_->write();
    folded_ = wanted;
    if (options_.progress) options_.progress(wanted_, wanted_);
}

void shadow_model::fold_log(const folded_events& wanted) {
    const auto filter = projection_access::filter(*instance_, options_.events);
    store_.read_all(folded_.up_to, wanted.up_to, filter, payloads::read, [&](const event_view& event) {
        fold_one(event, wanted);
        return true;
    });
}

void shadow_model::fold_stream(const folded_events& wanted) {
    const auto filter = projection_access::filter(*instance_, options_.events);
    const std::set<stream_id> alone{*options_.stream};
    visit_merged(store_, {alone, filter, folded_.up_to, wanted.up_to}, [&](const recorded_event& event) {
        fold_one(event.view(), wanted);
        return true;
    });
}

void shadow_model::fold_one(const event_view& event, const folded_events& wanted) {
    if (wanted.parked.contains(event.position()) || wanted.discarded.contains(event.id)) return;
    fold_->fold(event);
    if (++events_ % events_a_report == 0 && options_.progress) options_.progress(events_, wanted_);
}

}  // namespace leftfold::inline v0::detail
