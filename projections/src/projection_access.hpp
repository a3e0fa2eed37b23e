#pragma once

#include <set>
#include <string>

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

    /// Folds one event: all that it changes is kept, or nothing. Of the events that it becomes by translation, those
    /// are folded whose type is among `types`, unless that is empty. Throws what `on` throws, errc::unknown_event_type,
    /// and decode_error.
    static void apply(projection_base& to, const event_view& event, const event_registry& events, write_side* side,
                      const std::set<std::string>& types = {});

    /// Returns what of the log is to be read for it. Types are filtered only for one that ignores all others: one that
    /// does not wants to see those that it does not know.
    static event_filter filter(const projection_base& of, const event_registry& events);

    /// Returns a text that is another one when the rows have to be made anew: revision, events, columns, indices.
    static std::string shape(const projection_base& of, const event_registry& events);
    static std::vector<model_part::object> objects(const projection_base& of);
};

}  // namespace leftfold::inline v0::detail
