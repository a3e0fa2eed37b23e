#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "leftfold/projections/row_cache.hpp"
#include "leftfold/projections/row_writers.hpp"
#include "leftfold/projections/table_as_of.hpp"
#include "leftfold/projections/table_core.hpp"

namespace leftfold::inline v0 {

namespace detail {

template <class Row>
struct a_row_of_a_table_needs_a_description_by_BOOST_DESCRIBE;
template <auto Member>
struct this_member_is_not_described_or_is_transient_and_cannot_be_a_column;
template <auto Key>
struct a_key_is_a_string_an_integer_an_enumeration_or_a_time;

template <class T>
consteval bool can_be_key() {
    if constexpr (is_time_on<T>::value) return true;
    constexpr kind as = kind_of<T>();
    return as == kind::string || as == kind::integer || as == kind::enumeration || as == kind::time;
}

}  // namespace detail

/// A table of a read model: rows of a described struct, found by their key, kept in an SQL table with one column per
/// member. Declared as a member of a projection:
///
///     leftfold::table<balance, &balance::account> rows{*this, "balances", {.history = true}};
///
/// Inside `on` all functions may be called. Changes are held in memory and written once per flush, in one transaction
/// with the checkpoint. An event that fails leaves no change behind. On the handle that engine.add() returns only the
/// const functions compile; they read what is committed, from any thread.
///
/// Columns: bool, integers, times (microseconds since 1970) and durations are INTEGER; floating point is REAL; strings,
/// and enumerators by name, are TEXT; std::optional is the same or NULL; bytes are BLOB; all else is JSON text.
///
/// The key is one member: a string, an integer, an enumeration or a time. Keys sort as SQLite sorts them: numbers by
/// value, text by its bytes.
///
/// Errors beside those named below: errc::invalid_argument for a value that no column can hold, seen when the event
/// ends; errc::io_error, errc::disk_full and errc::corrupt from the database.
template <class Row, auto Key>
class table final : detail::table_core {
public:
    using row_type = Row;
    using key_type = detail::column_type<Key>;

    /// `name` is the SQL table's: `[a-z][a-z0-9_]{0,47}`, unique in its database. Throws errc::invalid_name,
    /// errc::invalid_argument (an index of a column that is not there, keyed_by_stream where the key is no string, or
    /// followed without history).
    table(projection_base& owner, std::string name, table_options options = {})
        : table_core(owner, std::move(name), checked_type(), std::move(options)) {
        if (this->options().keyed_by_stream && !std::is_same_v<key_type, std::string>) fail_keyed_by_stream();
    }

    // Changing, inside `on`

    /// Adds a row. Throws errc::duplicate_row when its key is taken.
    void insert(Row row) {
        entry& at = load(row.*Key);
        if (at.second.row) fail_duplicate(show(row.*Key));
        touch(at);
        at.second.row = std::move(row);
    }

    /// Adds a row, or replaces the one with the same key.
    void put(Row row) {
        entry& at = load(row.*Key);
        touch(at);
        at.second.row = std::move(row);
    }

    /// Returns the row, to be changed until `on` returns; all but its key. Throws errc::missing_row.
    Row& at(const key_type& key) {
        entry& at = load(key);
        if (!at.second.row) fail_missing(show(key));
        touch(at);
        return *at.second.row;
    }

    /// Calls `change(row)` if there is such a row, and returns whether there is.
    template <class Change>
    bool update(const key_type& key, Change&& change) {
        entry& at = load(key);
        if (!at.second.row) return false;
        touch(at);
        std::forward<Change>(change)(*at.second.row);
        return true;
    }

    /// Removes a row. Returns whether there was one.
    bool erase(const key_type& key) {
        entry& at = load(key);
        if (!at.second.row) return false;
        touch(at);
        at.second.row.reset();
        if (writers() != nullptr) note_absence(key);
        return true;
    }

    // Looking up ahead, inside `prefetch`

    /// Says that `on` will look for this row. Before the engine folds a batch of events, it asks the `prefetch` of each
    /// which rows that will be, and reads those of all events at once, prefetch_keys_max in a query:
    ///
    ///     void prefetch(const moved& e) { rows.prefetch(e.from); rows.prefetch(e.to); }
    ///
    /// It is a hint, and changes no row and no answer: a row that was not named is looked up when `on` asks for it, and
    /// one that `on` does not want after all is only held. What `prefetch` throws counts for nothing. It sees the
    /// tables as they are before the batch.
    ///
    /// Costs a look-up in memory for a row that is held, or named already.
    void prefetch(const key_type& key) {
        if constexpr (detail::may_be_refused<key_type>()) {
            detail::cell_check check;
            type().write_key(&key, check);
        }
        cache_.want(key);
    }

    // Reading, inside `on` and from the handle
    //
    // Inside `on`, they see the changes of this event and of those before it. find() costs a look-up in memory for a
    // row that was touched lately, else a point read; the others write what is pending to the database first.

    /// Returns a copy of the row, if there is one.
    std::optional<Row> find(const key_type& key) const {
        if (!side().writes()) return reader().find(key);
        return const_cast<table*>(this)->load(key).second.row;  // the write side belongs to one thread
    }
    /// Returns rows with keys from `from` on and below `before`, in order of the key.
    std::vector<Row> range(const key_type& from, const key_type& before, scan_options options = {}) const {
        return settled().range(from, before, options.limit);
    }
    /// Returns the rows with the smallest keys.
    std::vector<Row> all(scan_options options = {}) const { return settled().first(options.limit); }
    /// Returns the rows that have this value in this column, in order of the key: `where<&balance::owner>("Ann")`.
    /// Costs a look-up when the column has an index, else a pass over the table.
    template <auto Member>
    std::vector<Row> where(const detail::column_type<Member>& value, scan_options options = {}) const {
        constexpr auto number = detail::column_number<Row, Member>();
        if constexpr (number == detail::columns_of<Row>())
            (void)sizeof(detail::this_member_is_not_described_or_is_transient_and_cannot_be_a_column<Member>);
        return settled().equal(number, value, options.limit);
    }
    /// Returns how many rows there are. Costs a pass over the key's index.
    std::int64_t count() const { return settled().count(); }
    /// Calls `visit(row)` for every row, in order of the key, in pages: rows that change meanwhile may be seen as they
    /// were or as they are.
    template <class Visitor>
    void for_each(Visitor&& visit) const {
        settled().template for_each<Key>(std::forward<Visitor>(visit));
    }

    // The past, from the handle, of a table with history

    /// Returns the table as it stood when every event recorded at or before `when`, and no other, had been applied.
    ///
    /// Waits until the model has come that far. Throws errc::not_yet (a time in the future), errc::not_closed,
    /// errc::behind (it did not come that far within projection_options::as_of_wait), errc::before_history,
    /// errc::incomplete (an event of that time is parked; unless past_options leave those out), and errc::unsupported
    /// when the table has no history, or inside `on`.
    table_as_of<Row, Key> as_of(recorded_at when, past_options options = {}) const {
        check_history(when);
        side().await(when);
        if (options.parked == parked_events::refuse) side().check_complete(when);
        return {*this, when, std::nullopt};
    }

    /// The same at a moment of the store, whose cut it has. Also throws errc::other_history: the moment is of another
    /// store than the rows were made from, or of another past of it.
    table_as_of<Row, Key> as_of(const moment& then, past_options options = {}) const {
        check_history(then.time());
        side().await(then);
        if (options.parked == parked_events::refuse) side().check_complete(then.time());
        return {*this, then.time(), then.cut()};
    }

    /// The same for a cut that was got from a time: by event_store::cut_at, or with an earlier answer. Also throws
    /// errc::invalid_argument for a cut that no time has.
    table_as_of<Row, Key> as_of(const leftfold::cut& where, past_options options = {}) const {
        return as_of(side().time_of(where), options);
    }

    /// The table without the type of its rows, for any_table.
    const detail::table_core& untyped() const { return *this; }

private:
    using cache_type = detail::row_cache<Row, key_type>;
    using entry = typename cache_type::entry;

    static constexpr const detail::row_type& checked_type() {
        if constexpr (!described<Row>) {
            (void)sizeof(detail::a_row_of_a_table_needs_a_description_by_BOOST_DESCRIBE<Row>);
        } else {
            constexpr auto key = detail::column_number<Row, Key>();
            if constexpr (key == detail::columns_of<Row>())
                (void)sizeof(detail::this_member_is_not_described_or_is_transient_and_cannot_be_a_column<Key>);
            if constexpr (!detail::can_be_key<key_type>())
                (void)sizeof(detail::a_key_is_a_string_an_integer_an_enumeration_or_a_time<Key>);
            return detail::row_type_of<Row, key_type, key>;
        }
    }

    detail::table_reader<Row, key_type> reader() const { return {*this, std::nullopt}; }
    detail::table_reader<Row, key_type> settled() const {
        side().settle();
        return reader();
    }
    std::string show(const key_type& key) const { return detail::show_key(type(), &key); }

    entry& load(const key_type& key) {
        if (lanes() != nullptr) check_lane(&key);
        auto* known = cache_.look(key);
        if (known == nullptr) known = &look_up(key);
        if (writers() != nullptr) check_writer(*known);
        return *known;
    }
    void check_writer(const entry& at) {
        if (!writers()->may_touch(at.second.writer)) fail_row_of_another(show(at.first));
        if (!at.second.row) note_absence(at.first);
    }
    void note_absence(const key_type& key) {
        if (writers()->watches_absence() && !writers()->may_miss(name(), show(key))) fail_row_of_another(show(key));
    }
    void touch(entry& at) { cache_.touch(at, writers() == nullptr ? 0 : writers()->current()); }

    entry& look_up(const key_type& key) {
        entry& at = cache_.place(key);
        at.second.row.reset();
        side().select(
            query(detail::wanted::one, detail::axis::now),
            [&](detail::cell_writer& out) { type().write_key(&key, out); },
            [&](detail::cell_reader& in) {
                read(in, at.second);
                return false;
            });
        at.second.known = true;
        return at;
    }
    void fetch() override {
        const auto wanted = cache_.take_wanted();
        if (wanted.size() == 1) {
            look_up(wanted.front()->first);
            return;
        }
        for (std::size_t begin = 0; begin < wanted.size(); begin += prefetch_keys_max)
            look_up(std::span(wanted).subspan(begin, std::min(prefetch_keys_max, wanted.size() - begin)));
    }
    void look_up(std::span<entry* const> some) {
        side().select(
            query_many(),
            [&](detail::cell_writer& out) {
                for (const entry* each : some) type().write_key(&each->first, out);
                for (auto i = some.size(); i != prefetch_keys_max; ++i) out.null();
            },
            [&](detail::cell_reader& in) {
                const auto number = static_cast<std::size_t>(in.integer());
                read(in, some[number]->second);
                return true;
            });
        for (entry* each : some) each->second.known = true;
    }
    void read(detail::cell_reader& in, typename cache_type::slot& to) {
        to.row = detail::read_row<Row>(in);
        if (options().history) to.valid_from = in.integer();
        if (writers() != nullptr) to.writer = writers()->number_of(in.text());
    }

    bool is_keyed_by_stream() const override { return options().keyed_by_stream; }
    void prefetch_stream(const std::string& key) override {
        if constexpr (std::is_same_v<key_type, std::string>) cache_.want(key);
    }

    void check_event() override {
        cache_.check_touched([&](const key_type& key, const Row& row) {
            if (!(row.*Key == key)) fail_key_changed(show(key));
            if constexpr (detail::row_may_be_refused<Row>()) {
                detail::cell_check check;
                detail::write_row(row, check);
            }
        });
    }
    void end_event(recorded_at when) override {
        if (recorder() != nullptr) cache_.tell_changes(*recorder(), when);
        cache_.end_event(when.micros(), options().history);
    }
    void roll_back() override { cache_.roll_back(); }
    void flush_rows(detail::table_flush& out) override { cache_.flush(out); }
    void show_rows(detail::table_flush& out) override { cache_.show_touched(out); }
    std::size_t pending() const override { return cache_.pending(); }
    std::size_t held() const override { return cache_.size(); }
    void forget() override { cache_.clear(); }

    cache_type cache_;
};

}  // namespace leftfold::inline v0
