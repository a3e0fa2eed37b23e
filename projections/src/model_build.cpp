// How a model builds a generation of its rows beside the live one: docs/rebuilding.md.

#include <fmt/format.h>

#include <algorithm>

#include "continuity.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"
#include "model.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0::detail {

/// Finds the rows to go on with, or does what is to be done when there are none.
void model::take_up() {
    database_ = shelf_->open(shelf_->now().live);
    const auto stored = database_->load(name_);
    const auto why = why_not_continued(stored, shape_, store_);
    const bool is_other_shape = stored && why_not_continued(stored, stored->shape, store_).empty();
    if (why.empty()) {
        if (shelf_->now().building) shelf_->drop_building();  // of this shape too: it was asked for, and cut short
    } else if (is_other_shape && options_.on_change == when_changed::refuse) {
        throw error(errc::stale_model, fmt::format("adding projection {}, which is to refuse rows of another shape: in "
                                                   "{}, {}",
                                                   name_, home_->file().string(), why));
    } else if (is_other_shape && options_.on_change == when_changed::rebuild_beside) {
        build_beside(why);
    } else {
        begin_anew(stored, why);
    }
    if (is_live_) rows_.are_in(database_->file());
}

/// Rows that are gone on with are of this shape, and may be of a program that wanted other indices for reading.
void model::match_indices() {
    database_->match_indices(name_, projection_access::objects_and_reading_indices(*instance_));
}

/// Drops the rows and folds anew in their place.
void model::begin_anew(const std::optional<stored_model>& earlier, const std::string& why) {
    shelf_->drop_others();  // of the same history, or of the same mistake
    const auto kept = database_->load_start(name_);
    // A place in another store means nothing here: the projection is new to this one.
    const bool is_new = !kept || !earlier || earlier->at.store != store_.id();
    const auto start = is_new ? find_start(options_.start, store_) : find_start(*kept, store_);
    if (is_new) tell_of_start(start);
    begin_at(start, earlier ? why : std::string());
}

/// Drops the rows and begins at that place; without a reason, for the first time.
void model::begin_at(const start_place& start, const std::string& why) {
    const auto kept = database_->load_start(name_);
    make_rows(start, kept ? kept->generation + 1 : shelf_->now().live);
    if (!why.empty()) tell_of_renewal(start, why);
}

/// Makes its tables, empty, in the place of what its database has of them.
void model::make_rows(const start_place& start, std::int64_t generation) {
    fold_place before;
    before.start(start);
    const auto empty = before.checkpoint(store_, shape_);
    database_->make_anew(name_, empty, {.at = empty.at, .since = start.since, .generation = generation},
                         projection_access::objects_and_reading_indices(*instance_));
    start_ = start;
    board_.began(start.since, generation);
}

/// Leaves the live rows, which are of another shape, as they are, and folds in a generation of their own those that
/// will be live.
void model::build_beside(const std::string& why) {
    const auto begins = *database_->load_start(name_);
    warn(fmt::format("projection {} in {} is folded anew beside its rows: {}", name_, home_->file().string(), why));
    board_.begun_anew(why);
    is_live_ = false;
    rows_.are_nowhere(fmt::format("reading projection {} in {}: {}, and those of this program are being built", name_,
                                  home_->file().string(), why));
    const auto now = shelf_->now();
    for (const auto& number : {now.building, now.kept})
        if (number && go_on_building(*number)) return;
    shelf_->begin(begins.generation);
    database_ = shelf_->open(*shelf_->now().building);
    make_rows(find_start(begins, store_), *shelf_->now().building);
}

/// Takes up a generation that is there, if it is of this shape: one that was being built when the program ended, or the
/// kept one, when an earlier program is started again. Returns whether it is.
bool model::go_on_building(std::int64_t number) {
    try {
        auto rows = shelf_->open(number);
        if (!why_not_continued(rows->load(name_), shape_, store_).empty()) return false;
        shelf_->build_on(number);
        database_ = std::move(rows);
        return true;
    } catch (const error& failed) {
        warn(fmt::format("projection {}: generation {} is built anew: {}", name_, number, failed.what()));
        return false;
    }
}

void model::find_start_of_rows() {
    const auto start = *database_->load_start(name_);
    start_ = find_start(start, store_);
    board_.began(start_.since, start.generation);
}

/// After a step towards a cut: says how far it has built, and makes what it built the live rows once it has all.
void model::see_to_swap(const cut& closed, lane::action did) {
    tell_progress(closed);
    const bool goes_on = did == lane::action::fold || did == lane::action::flush || did == lane::action::rest;
    if (goes_on && lane_.durable().covers(closed)) end_building();
}

/// The generation that this model builds has all that was closed: from now on readers read it.
void model::end_building() {
    try {
        complete_generation(lane_.durable());
        shelf_->swap();
        point("generation is live");
        is_live_ = true;
        board_.building(std::nullopt);
        lane_.flushed();  // if it had failed before, that is over
        rows_.are_in(database_->file());
        tell_taps();
        drop_previous();
        warn(fmt::format("projection {} in {}: generation {} is live", name_, home_->file().string(),
                         shelf_->now().live));
    } catch (const std::exception& failed) {
        fail(std::nullopt, failed.what());
    }
}

/// Syncs what was built, and looks in its file whether that is all, up to what readers have seen. Throws when not.
void model::complete_generation(const cut& seen) {
    point("generation is built");
    database_->write_synced([&] { database_->save(name_, checkpoint()); });
    unsaved_ = false;
    point("generation is durable");
    const auto stored = database_->load(name_);
    auto why = why_not_continued(stored, shape_, store_);
    if (why.empty() && !stored->at.consumed.covers(seen))
        why = fmt::format("it ends at {}, and readers have seen {}", to_string(stored->at.consumed), to_string(seen));
    if (!why.empty())
        throw error(errc::behind,
                    fmt::format("making {} the rows of projection {}: {}", database_->file().string(), name_, why));
}

/// Says how far it has built, of what is to be built.
void model::tell_progress(const cut& all) {
    rebuild_progress now{.generation = board_.status().generation,
                         .done = events_between(start_.after, lane_.durable()),
                         .all = events_between(start_.after, all)};
    const auto events = static_cast<double>(events_between(built_before_, lane_.durable()));
    const auto seconds = static_cast<double>(now_us() - building_since_us_) / 1e6;
    if (events > 0 && seconds > 0) {
        now.events_per_second = events / seconds;
        const auto rest = static_cast<double>(now.all - std::min(now.done, now.all)) / now.events_per_second;
        now.left = std::chrono::microseconds(static_cast<std::int64_t>(rest * 1e6));
    }
    told_->building(now);
    if (store_.world().observer)
        store_.world().observer->on_lag(
            {rows_file().filename().string(), now.all - std::min(now.done, now.all), now.left});
}

void model::begin_to_build(model_board& told) {
    is_live_ = false;
    told_ = &told;
    building_since_us_ = now_us();
    built_before_ = lane_.durable();
    tell_progress(store_.closed_cut());
}

void model::check_not_building(std::string_view doing) const {
    if (!home_) throw error(errc::unsupported, fmt::format("{} projection {}: it lives in memory", doing, name_));
    if (!is_live_ || has_builder_)
        throw error(errc::already_exists,
                    fmt::format("{} projection {}: a generation of it is being built", doing, name_));
}

std::unique_ptr<model> model::begin_generation() {
    check_not_building("rebuilding");
    const auto begins = *database_->load_start(name_);
    shelf_->begin(begins.generation);
    point("generation is named");
    try {
        auto builder = std::make_unique<model>(store_.core(), make_, options_, home_, signals_);
        builder->database_ = shelf_->open(*shelf_->now().building);
        builder->make_rows(find_start(begins, store_), *shelf_->now().building);
        builder->renew();
        builder->begin_to_build(board_);
        has_builder_ = true;
        point("generation is made");
        return builder;
    } catch (const std::exception&) {
        has_builder_ = false;
        drop_building();
        throw;
    }
}

/// Drops what is half built. Where that fails (a disk that is full, most likely), it is dropped when the next one
/// begins.
void model::drop_building() {
    try {
        shelf_->drop_building();
    } catch (const std::exception& failed) {
        warn(fmt::format("projection {}: what was built of a generation is still there: {}", name_, failed.what()));
    }
}

void model::advance_to(const cut& where) {
    const auto doing = [&] { return fmt::format("building {}", database_->file().string()); };
    while (!lane_.durable().covers(where)) {
        if (signals_->stopping) throw error(errc::projection_stopped, doing() + ": the engine was stopped");
        lane_.hurry();
        const auto what = step_towards(where, recorded_at::min());
        // A file that fails is not tried again while somebody waits, since without a pause that is no use: he is told.
        if (what == lane::action::stopped || lane_.restarts() > 0)
            throw error(errc::projection_stopped, fmt::format("{}: {}", doing(), lane_.failure()));
        tell_progress(where);
    }
}

void model::bring_here(model& builder) const {
    builder.advance_to(lane_.durable());
    if (builder.lane_.durable() != lane_.durable())
        throw error(errc::behind, fmt::format("building {}: the rows that are live went back to {}",
                                              builder.database_->file().string(), to_string(lane_.durable())));
    if (!renew_) builder.place_.complete(place_.through());
}

void model::go_on_with(model& builder) {
    bring_here(builder);
    builder.complete_generation(lane_.durable());
    shelf_->swap();
    point("generation is live");
    go_on_in(builder.database_);
    drop_previous();
}

void model::go_on_in(std::shared_ptr<model_database> rows) {
    has_builder_ = false;
    database_ = std::move(rows);
    rows_.are_in(database_->file());
    board_.building(std::nullopt);
    find_start_of_rows();
    renew();
}

void model::drop_previous() {
    if (options_.previous_rows == previous_rows::dropped) shelf_->drop_others();
}

void model::roll_back() {
    check_not_building("rolling back");
    const auto doing = [&] { return fmt::format("rolling back projection {} in {}", name_, home_->file().string()); };
    if (!shelf_->now().kept) throw error(errc::not_found, doing() + ": no rows are kept");
    model kept(store_.core(), make_, options_, home_, signals_);
    kept.database_ = shelf_->open(*shelf_->now().kept);
    if (const auto why = why_not_continued(kept.database_->load(name_), shape_, store_); !why.empty())
        throw error(errc::stale_model, fmt::format("{}: {}", doing(), why));
    kept.match_indices();
    kept.find_start_of_rows();
    kept.renew();
    kept.begin_to_build(board_);
    bring_here(kept);
    kept.complete_generation(lane_.durable());
    shelf_->roll_back();
    point("generation is live");
    go_on_in(kept.database_);
    rows_were_replaced("the rows from before the last rebuild are live again");
}

void model::drop_generation(std::unique_ptr<model> builder) {
    has_builder_ = false;
    board_.building(std::nullopt);
    builder.reset();  // its file is closed before it goes
    drop_building();
}

}  // namespace leftfold::inline v0::detail
