#pragma once
// Where a read model is not what its events make of it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/position.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0 {

/// One row, as it is now or as it was for a time, that is not what the events make of it.
struct drift {
    enum class kind {
        changed,  ///< the row is there, and some of its columns have another value
        missing,  ///< the events make a row that is not there
        extra,    ///< there is a row that the events do not make
    };
    /// A column, and its values as SQL shows them: 5, 5.0, "5", x'35', NULL.
    struct column {
        std::string name;
        std::string expected;  ///< empty in an extra row
        std::string found;     ///< empty in a missing row
    };

    kind what = kind::changed;
    std::string table;
    /// The row's key: a number's digits, a text itself.
    std::string key;
    /// When the row ceased to be so, for one of the past: the history of a row is judged version by version.
    std::optional<recorded_at> until{};
    /// Of a changed row those columns that differ, else all.
    std::vector<column> columns;
};

/// Writes a drift as one line: `balances alice until 2026-03-15T00:00:00Z: cents: expected 50, found 51`.
std::string to_string(const drift& of);

/// What a comparison of a read model with its events found.
struct projection_report {
    std::string projection;
    /// The events that the model has folded, and was compared with.
    cut at;
    std::int64_t events = 0;     ///< how many were folded again for this
    std::int64_t rows = 0;       ///< rows that were compared, those of the past included
    std::int64_t differing = 0;  ///< how many of them are not as they should be
    std::int64_t expected = 0;   ///< how many more are not, and are meant to be so
    /// How many rows there should be, and how many there are, where all were counted: also those that a sample left
    /// out. Both 0 when it was a stream's or a key's rows that were looked at.
    std::int64_t expected_rows = 0;
    std::int64_t found_rows = 0;
    /// The first of these, table by table, in order of the key.
    std::vector<drift> drifts;

    bool sound() const { return differing == 0 && expected_rows == found_rows; }
};

/// Writes a report as a line that sums it up, then a line for each drift.
std::string to_string(const projection_report& of);

}  // namespace leftfold::inline v0
