#pragma once

#include <span>

#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0::sqlite {

class connection;

/// The table `leftfold_offsets` of a connection: one column, `value`, the offsets of a list in its order.
///
/// Joined with the events, it has a whole list of them found by one statement, whose cursor goes from each to the next:
/// events that follow one another are stepped through, and each of the others costs the way down the tree and no start
/// of a statement. Must live as long as the connection.
class offset_list {
public:
    explicit offset_list(connection& to);
    offset_list(const offset_list&) = delete;
    offset_list& operator=(const offset_list&) = delete;

    /// Has the table show these from now on. They must live while a statement reads it.
    void show(std::span<const offset> offsets) { shown_ = offsets; }

private:
    std::span<const offset> shown_;
};

}  // namespace leftfold::inline v0::sqlite
