#pragma once

#include <optional>

#include "leftfold/projections/change_position.hpp"

namespace leftfold::inline v0 {

/// What one event made of one row.
template <class Row>
struct row_change {
    change_position position;
    std::optional<Row> before;  ///< nothing: it was inserted
    std::optional<Row> after;   ///< nothing: it was deleted

    /// Returns the row that there is, or was: it has the key.
    const Row& row() const { return after ? *after : *before; }
};

}  // namespace leftfold::inline v0
