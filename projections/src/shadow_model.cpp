#include "shadow_model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/error.hpp"
#include "model_board.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// How often somebody who waits is told.
constexpr std::int64_t events_between_reports = 1'000;

}  // namespace

shadow_model::shadow_model(event_store& store, make_projection make, const verify_projection_options& options)
    : store_(store.core()), make_(std::move(make)), options_(options), directory_(options.scratch), rows_(database()) {
    begin_anew(cut(store_.partitions()));
}

void shadow_model::begin_anew(const cut& after) {
    rows_.roll_back();
    side_.reset();
    instance_ = make_();
    side_ = std::make_unique<write_side>(rows_, *instance_);
    projection_access::stand_on(*instance_, *side_);
    folded_ = {.after = after, .up_to = after};
    const checkpoint at{store_.id(), store_.epoch(), after, std::vector<chain_hash>(store_.partitions())};
    rows_.make_anew(projection_access::type(*instance_).name,
                    {projection_access::shape(*instance_, options_.events), at}, {.at = at},
                    projection_access::objects(*instance_));
}

void shadow_model::fold(const folded_events& wanted) {
    // What was left out and now belongs to the rows stands before what is folded; what is folded and does not, too.
    const auto was_left_out = std::any_of(folded_.parked.begin(), folded_.parked.end(),
                                          [&](const position& each) { return !wanted.parked.contains(each); });
    if (was_left_out || wanted.after != folded_.after || !wanted.up_to.covers(folded_.up_to)) begin_anew(wanted.after);
    wanted_ = events_ + static_cast<std::int64_t>(events_between(folded_.up_to, wanted.up_to));
    rows_.begin();
    if (options_.stream)
        fold_stream(wanted);
    else
        fold_log(wanted);
    write();
    rows_.roll_back();  // the transaction that waits for more
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
    constexpr std::size_t page = 1'000;
    const auto filter = projection_access::filter(*instance_, options_.events);
    for (version from{1};;) {
        const auto given =
            store_.visit_stream(*options_.stream, {.from = from, .count = page}, [&](const event_view& event) {
                from = version(event.version.value() + 1);
                const auto where = event.position();
                if (!folded_.up_to.covers(where) && wanted.up_to.covers(where) && filter.matches(event))
                    fold_one(event, wanted);
                return true;
            });
        if (given < page) return;
    }
}

void shadow_model::fold_one(const event_view& event, const folded_events& wanted) {
    if (wanted.parked.contains(event.position()) || wanted.discarded.contains(event.id)) return;
    try {
        projection_access::apply(*instance_, event, options_.events, side_.get());
    } catch (const std::exception& failed) {
        throw error(errc::projection_stopped,
                    fmt::format("folding event {} into projection {} once more: {}", to_string(event.position()),
                                projection_access::type(*instance_).name, failed.what()));
    }
    if (++events_ % events_between_reports == 0 && options_.progress) options_.progress(events_, wanted_);
    const flush_options bounds;
    std::size_t pending = 0;
    std::size_t held = 0;
    for (const auto* part : projection_access::parts(*instance_)) {
        pending += part->pending();
        held += part->held();
    }
    if (pending >= bounds.rows || held >= bounds.cached_rows) write();
}

/// Writes what waits in memory, forgets it, and opens the next transaction.
void shadow_model::write() {
    side_->flush();
    rows_.commit();
    side_->transaction_ended();
    for (auto* part : projection_access::parts(*instance_)) part->forget();
    if (auto* const writers = projection_access::writers(*instance_)) {
        writers->forget();
        writers->fold_live({});
    }
    rows_.begin();
}

}  // namespace leftfold::inline v0::detail
