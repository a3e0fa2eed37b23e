#pragma once

#include <set>
#include <string>

#include "event_batch.hpp"
#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/reading.hpp"

namespace leftfold::inline v0::detail {

class write_side;

/// The way into a projection for the engine.
struct projection_access {
    static const projection_type& type(const projection_base& of) { return of.type_; }
    static const std::vector<model_part*>& parts(const projection_base& of) { return of.parts_; }
    static row_writers* writers(const projection_base& of) { return of.writers_.get(); }
    static void stand_on(projection_base& of, model_side& side) { of.side_ = &side; }
    /// Its rows are divided among so many partitions, if it folds per partition.
    static void divide_rows(projection_base& of, std::uint32_t partitions) {
        if (of.lanes_) of.lanes_->divide(partitions);
    }
    static bool has_lanes(const projection_base& of) { return of.lanes_ != nullptr; }

    /// Returns how many rows and versions wait for a flush, and how many rows are held in all.
    static std::size_t pending(const projection_base& of);
    static std::size_t held(const projection_base& of);

    /// Looks up the rows that the events of a decoded batch will touch, from the i-th on, by what the projection says
    /// of them, until `held_max` rows are held. Returns the first event that was left out.
    static std::size_t prefetch(projection_base& to, const event_batch& batch, std::size_t i, std::size_t held_max);

    /// Folds the i-th event of a decoded batch: all that it changes is kept, or nothing. Throws what `on` throws,
    /// errc::unknown_event_type, and decode_error.
    static void apply(projection_base& to, const event_batch& batch, std::size_t i, write_side* side);
    /// The same for an event that comes alone. `by` is emptied first. Of what the event becomes by translation, those
    /// are folded whose type is among `types`, unless that is empty.
    static void apply_alone(projection_base& to, event_batch& by, const event_view& event, write_side* side,
                            const std::set<std::string>& types = {});

    /// Returns what of the log is to be read for it. Types are filtered only for one that ignores all others: one that
    /// does not wants to see those that it does not know.
    static event_filter filter(const projection_base& of, const event_registry& events);

    /// Returns a text that is another one when the rows have to be made anew: revision, events, columns, indices.
    static std::string shape(const projection_base& of, const event_registry& events);
    static std::vector<model_part::object> objects(const projection_base& of);
    /// The same, and what only makes reading cheaper.
    static std::vector<model_part::object> objects_and_reading_indices(const projection_base& of);

private:
    static bool prefetches(const projection_base& of);
    static void want_rows(projection_base& to, const event_batch& batch, std::size_t i);
};

}  // namespace leftfold::inline v0::detail
