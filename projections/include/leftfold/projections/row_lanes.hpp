#pragma once
// Which partition a row belongs to, for projections that fold each partition in a lane of its own.

#include <cstdint>
#include <string_view>

#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0::detail {

/// The partitions among which the rows of a projection are divided, and the one whose event is under way. Belongs to
/// the thread that folds.
///
/// Whose a row is, is a matter of its key alone, not of who wrote it first: so it is the same in every lane, before
/// there is such a row and after it is gone, and there is nothing to store.
class row_lanes {
public:
    /// Divides the rows among so many. Until then, any event may touch any row.
    void divide(std::uint32_t partitions) { partitions_ = partitions; }

    void begin_event(position where) { event_ = where; }

    /// Throws errc::different_partitions, with the row, its table and both partitions, when the event under way is of
    /// another partition than the row of that key: a number's digits, an enumerator's name or a text itself.
    void check(std::string_view table, std::string_view key) const;

private:
    std::uint32_t partitions_ = 0;
    position event_{};
};

}  // namespace leftfold::inline v0::detail
