#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "leftfold/projections/parked.hpp"
#include "leftfold/projections/table_reader.hpp"
#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

template <class Row, auto Key>
class table;

/// What a question about the past allows.
struct past_options {
    parked_events parked = parked_events::refuse;
};

/// A table as it stood at one time. Small, copyable; valid as long as the table. Every function may be called from any
/// thread, and gives the same answer for ever.
template <class Row, auto Key>
class table_as_of {
public:
    using key_type = detail::column_type<Key>;

    /// Returns the row that the key had then.
    std::optional<Row> find(const key_type& key) const { return reader_.find(key); }
    /// Returns rows with keys from `from` on and below `before`, in order of the key.
    std::vector<Row> range(const key_type& from, const key_type& before, scan_options options = {}) const {
        return reader_.range(from, before, options.limit);
    }
    /// Returns the rows with the smallest keys.
    std::vector<Row> all(scan_options options = {}) const { return reader_.first(options.limit); }
    /// Returns the rows that had this value in this column, in order of the key.
    template <auto Member>
    std::vector<Row> where(const detail::column_type<Member>& value, scan_options options = {}) const {
        return reader_.equal(detail::column_number<Row, Member>(), value, options.limit);
    }
    /// Returns how many rows there were.
    std::int64_t count() const { return reader_.count(); }
    /// Calls `visit(row)` for every row, in order of the key.
    template <class Visitor>
    void for_each(Visitor&& visit) const {
        reader_.template for_each<Key>(std::forward<Visitor>(visit));
    }

    /// Returns the time that it shows: ask again with it.
    recorded_at time() const { return when_; }
    /// Returns the cut that holds every event up to then, and no other: ask again with it. Throws errc::unsupported
    /// when the read model was opened without its store, which alone knows. Costs a look into each partition, the first
    /// time that this stretch of time is asked about.
    leftfold::cut cut() const { return cut_ ? *cut_ : of_->side().cut_of(when_); }

private:
    friend table<Row, Key>;
    table_as_of(const detail::table_core& of, recorded_at when, std::optional<leftfold::cut> at)
        : of_(&of), reader_(of, when), when_(when), cut_(std::move(at)) {}

    const detail::table_core* of_;
    detail::table_reader<Row, key_type> reader_;
    recorded_at when_;
    std::optional<leftfold::cut> cut_;  // where it is known already
};

}  // namespace leftfold::inline v0
