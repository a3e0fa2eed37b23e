#pragma once
// The part of a table that does not depend on its row's type: names and SQL.

#include <cstddef>
#include <string>
#include <vector>

#include "leftfold/projections/model_part.hpp"
#include "leftfold/projections/row_type.hpp"

namespace leftfold::inline v0 {

/// What a table is to have beside its rows.
struct table_options {
    /// Whether each version of a row is kept, so that as_of() can answer.
    bool history = false;
    /// What was true before this time is not kept: as_of() of an earlier one throws errc::before_history.
    recorded_at history_from = recorded_at::min();
    /// Indices, each a column or several divided by commas: {"owner", "branch, cents"}.
    std::vector<std::string> indices{};
    /// The rows of an event are, as a rule, those whose key is the key of its stream: they are looked up ahead, as
    /// table::prefetch does. Changes no row and no answer. For keys that are strings.
    bool keyed_by_stream = false;
    /// Whether its history is indexed by time, so that a change_feed finds the next changes without a pass over all of
    /// it. Costs space and writes: docs/change_feed.md says how much. Changes no row and no answer, and nothing is
    /// folded anew for it: rows that are there get the indices, or lose them, when the engine adds the projection.
    /// Needs history. Where no feed can be had, in fold_live and fold_inline, it does nothing.
    bool followed = false;
};

/// How many rows one query looks up for table::prefetch.
inline constexpr std::size_t prefetch_keys_max = 256;

namespace detail {

/// Which rows a query wants. Parameters are numbered in the order given here; the limit follows, then, for as-of, the
/// time.
enum class wanted {
    one,    ///< ?1 = key
    first,  ///< from the smallest key on
    after,  ///< above key ?1
    range,  ///< from key ?1 on, below key ?2
    count,  ///< how many there are; no limit
};

enum class axis { now, as_of };

class table_core : public model_part {
public:
    table_core(projection_base& owner, std::string name, const row_type& type, table_options options);

    const row_type& type() const { return type_; }
    const table_options& options() const { return options_; }

    /// Returns the text of a query. Its rows have the table's columns, and `one` of now also valid_from and written_by
    /// at the end, where the table has them.
    const std::string& query(wanted what, axis when) const;
    /// The same for rows whose column has the value ?1, in order of the key.
    const std::string& query_equal(std::size_t column, axis when) const;

    /// Returns the text of the query for the rows of now whose keys are among ?1, ?2, … up to prefetch_keys_max, any of
    /// which may be NULL. Its rows are those of `one`, each after the number of its key, from 0.
    const std::string& query_many() const { return many_; }

    /// Returns the text of the query for the versions of key ?1 that ended by ?2, the newest first, ?3 at most: the
    /// table's columns, then from when and until when. Throws errc::unsupported when the table has no history.
    const std::string& query_versions() const;

    std::vector<object> objects() const override;
    std::vector<object> reading_indices() const override;
    std::string shape() const override;
    void flush(model_side& to) override;
    void show_event(model_side& to) override;
    bool remembers_writers() const override { return true; }
    void erase_written_by(model_side& to, std::string_view stream) override;

    /// Returns the first time of which the table can be told.
    recorded_at begins() const;
    /// Throws unless the table has history that reaches back to `when`.
    void check_history(recorded_at when) const;
    /// Throws errc::different_partitions when the event under way is not of the partition of that row.
    void check_lane(const void* key) const;
    [[noreturn]] void fail_missing(std::string_view key) const;
    [[noreturn]] void fail_duplicate(std::string_view key) const;
    [[noreturn]] void fail_key_changed(std::string_view key) const;
    [[noreturn]] void fail_row_of_another(std::string_view key) const;
    [[noreturn]] void fail_keyed_by_stream() const;

protected:
    ~table_core() = default;

    virtual void flush_rows(table_flush& out) = 0;
    virtual void show_rows(table_flush& out) = 0;

private:
    class writer;

    void make_queries();
    void check_has_history() const;

    const row_type& type_;
    table_options options_;
    std::vector<std::string> queries_;
    std::string many_;
    std::string versions_;
    std::string put_;
    std::string erase_;
    std::string keep_;
};

/// Writes a key for the text of an error.
std::string show_key(const row_type& type, const void* key);

}  // namespace detail
}  // namespace leftfold::inline v0
