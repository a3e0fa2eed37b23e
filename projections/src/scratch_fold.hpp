#pragma once

#include <set>
#include <string>
#include <string_view>

#include "event_batch.hpp"
#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_database.hpp"
#include "write_side.hpp"

namespace leftfold::inline v0::detail {

/// Folds events into a model that nobody else writes: batch by batch, in any number of transactions, without retries
/// and without parking. For one thread at a time.
class scratch_fold {
public:
    /// Makes the model anew, empty: it begins beyond the cut, and can be told from the time on. `of` stands on it from
    /// now on. All that is given must live as long as this.
    struct beginning {
        cut after;
        recorded_at since = recorded_at::min();
    };
    scratch_fold(model_database& rows, projection_base& of, const event_registry& events, flush_options bounds,
                 event_store& store, const beginning& from, std::set<std::string> types = {});
    /// Goes on with the model that is there.
    scratch_fold(model_database& rows, projection_base& of, const event_registry& events, flush_options bounds,
                 event_store& store, std::set<std::string> types = {});

    /// Folds one event, at the latest when write() is called; of what it becomes by translation those of the types
    /// named, or all. Throws errc::projection_stopped with its position and type for one that cannot be folded, and
    /// errc::disk_full.
    void fold(const event_view& event);

    /// Folds what is left, writes what waits in memory, and forgets it. Throws as fold().
    void write();

    /// Notes in the database how far the model has come, for whoever asks it in SQL.
    void note(const cut& up_to, recorded_at through);

private:
    void fold_batch();
    void fold_one(std::size_t i);
    void write_rows();
    stored_model at(const cut& up_to, recorded_at through) const;

    model_database& rows_;
    projection_base& of_;
    const event_registry& events_;
    flush_options bounds_;
    event_store& store_;
    write_side side_;
    event_batch batch_;
    std::set<std::string> types_;
};

}  // namespace leftfold::inline v0::detail
