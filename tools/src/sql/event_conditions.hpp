#pragma once

#include <string>

#include "sql/shown_store.hpp"

namespace leftfold::inline v0::tools {

/// The columns of the table `events`, in their order.
enum class event_column { partition, offset, recorded, occurred, category, key, version, type, id, headers, payload };

/// Picks the conditions of a statement that bound the scan, and returns a plan: one letter for each value that comes
/// with the scan, in order.
///
/// SQLite checks every row again, but for conditions on recorded: those are compared here, as instants.
std::string take_conditions(sqlite3_index_info& info);

/// The part of a store that some conditions leave. It may be larger than they ask for, but for those on recorded.
class event_conditions {
public:
    explicit event_conditions(shown_store& shown);

    /// Adds the condition of that letter of a plan, with its value. Throws errc::invalid_argument when recorded is
    /// compared with what is not a time.
    void add(char letter, sqlite3_value* value);

    const cut& after() const { return after_; }
    const cut& up_to() const { return up_to_; }
    const event_filter& filter() const { return filter_; }

private:
    void only_partition(std::int64_t number);
    void keep_up_to(std::int64_t last);
    void skip_to(std::int64_t before);
    void keep_nothing() { up_to_ = after_; }
    void keep_recorded_up_to(recorded_at last);
    void skip_recorded_to(recorded_at before);
    void add_number(char letter, std::int64_t number);
    void add_time(char letter, recorded_at when);

    shown_store& shown_;
    cut after_;
    cut up_to_;
    event_filter filter_;
};

}  // namespace leftfold::inline v0::tools
