#pragma once

#include <string>

#include "leftfold/projections/model_part.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"
#include "reader_pool.hpp"

namespace leftfold::inline v0::detail {

/// What stands behind a read handle: where the committed rows of one model are, and how far they have come. Safe from
/// any thread.
class row_source {
public:
    virtual ~row_source() = default;

    /// Calls `with` on a read-only connection to the database that has the rows now.
    virtual void read(function_ref<void(reader_pool::reader&)> with) = 0;
    /// Waits until the rows hold every event recorded at or before `when`. Throws errc::behind.
    virtual void await(recorded_at when) = 0;
    /// Returns the cut of a time that was waited for. Throws errc::unsupported where nobody knows it.
    virtual cut cut_of(recorded_at when) { fail_cut_unknown(when); }
    /// Waits until the rows hold every event of the moment. Throws errc::behind, and errc::other_history when it is
    /// none of the store that they were made from.
    virtual void await(const moment& then) = 0;
    /// Returns the time of the last event of a cut. Throws errc::invalid_argument unless it is the cut of a time.
    virtual recorded_at time_of(const cut& where) = 0;
    /// Returns the first time of which the rows can be told.
    virtual recorded_at since() = 0;
    /// Whether an event of what await() gave may be parked. False spares a look into the database.
    virtual bool parks() const { return true; }
};

/// Returns the time of a cut, asked of the store: what every time_of() comes to.
recorded_at time_of_cut(event_store& store, const cut& where);

/// Throws errc::other_history unless the moment is one of the store that a checkpoint is of: by id and epoch, which is
/// all that can be told without the store.
void check_same_store(const moment& then, const checkpoint& of, const std::string& doing);

}  // namespace leftfold::inline v0::detail
