#pragma once
// Who is told what each event makes of the rows of a table, as it is folded.

#include <cstddef>

#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0::detail {

class row_recorder {
public:
    virtual ~row_recorder() = default;

    /// The event recorded at `when` changed a row: the `number`-th of its table, counted from 1 in order of the keys.
    /// Both point to a Row; null: it was not there, or is not there any more. What is told is not committed yet, and
    /// is folded again when it is not going to be. For several threads at once where partitions are folded in lanes.
    virtual void changed(recorded_at when, std::size_t number, const void* before, const void* after) = 0;
    /// There was no memory to tell of a change.
    virtual void missed() noexcept = 0;
};

}  // namespace leftfold::inline v0::detail
