#pragma once
// The rows that a batch of events touches, in memory until the flush.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "leftfold/projections/row_recorder.hpp"
#include "leftfold/projections/row_type.hpp"
#include "leftfold/projections/table_core.hpp"

namespace leftfold::inline v0::detail {

/// Hashes keys of every kind that a table may have.
template <class Key>
struct key_hash {
    // What may throw is kept beside the key by the standard library's maps: then text is hashed once, and compared only
    // when the hashes are equal.
    std::size_t operator()(const Key& key) const noexcept(!std::is_same_v<Key, std::string>) {
        if constexpr (std::is_same_v<Key, std::string>)
            return std::hash<std::string>{}(key);
        else if constexpr (std::is_enum_v<Key> || std::is_integral_v<Key>)
            return spread(static_cast<std::uint64_t>(key));
        else if constexpr (is_time_on<Key>::value)
            return spread(static_cast<std::uint64_t>(key.micros()));
        else
            return spread(static_cast<std::uint64_t>(key.time_since_epoch().count()));
    }

private:
    static std::size_t spread(std::uint64_t bits) noexcept {
        bits *= 0x9E3779B97F4A7C15U;
        return static_cast<std::size_t>(bits ^ (bits >> 32U));
    }
};

/// Whether one key comes before another in SQL's order: enumerators by their names.
template <class Key>
bool comes_before(const Key& a, const Key& b) {
    if constexpr (std::is_enum_v<Key>)
        return enumerator_name(a) < enumerator_name(b);
    else
        return a < b;
}

/// Rows by key, what the events since the last flush made of them, and what the event under way changed, so that it can
/// be taken back. Knows no SQL; what it holds is written through a table_flush.
///
/// An event runs from the first change to end_event() or roll_back(). Pointers to rows stay until the event ends.
template <class Row, class Key>
class row_cache {
public:
    struct slot {
        std::optional<Row> row{};     ///< empty: the table has no such row
        bool known = false;           ///< was looked up; until then the rest says nothing
        std::int64_t valid_from = 0;  ///< recorded_at of the event that wrote the row last
        std::uint32_t writer = 0;     ///< the stream that made the row; 0 unless the projection parks keys
        bool dirty = false;           ///< the database does not have it like this
        bool listed = false;          ///< stands in dirty_
        bool touched = false;         ///< changed by the event under way; stands in touched_
        /// The chain of its versions that wait, the oldest first: places in versions_, counted from 1.
        std::uint32_t first_version = 0;
        std::uint32_t last_version = 0;
    };

    using map = std::unordered_map<Key, slot, key_hash<Key>>;
    using entry = typename map::value_type;

    /// Returns what is known of a key; nothing when that has to be looked up.
    entry* look(const Key& key) {
        const auto found = slots_.find(key);
        return found == slots_.end() || !found->second.known ? nullptr : &*found;
    }

    /// Returns the place of a key that has to be looked up, for what the database has. Whoever has looked says so.
    entry& place(const Key& key) { return *slots_.try_emplace(key).first; }

    /// Wants a row that is not known.
    void want(const Key& key) {
        const auto [at, is_new] = slots_.try_emplace(key);
        if (is_new) wanted_.push_back(&*at);
    }
    /// Returns the places of the rows that are wanted and still not known, in order of their keys.
    std::vector<entry*> take_wanted() {
        auto taken = std::exchange(wanted_, {});
        std::erase_if(taken, [](const entry* each) { return each->second.known; });
        std::sort(taken.begin(), taken.end(), [](const entry* a, const entry* b) { return a->first < b->first; });
        return taken;
    }

    /// Keeps the row as it was before the event, once an event. To be called before the row is changed. A row that
    /// was not there is made by `writer`.
    void touch(entry& at, std::uint32_t writer) {
        slot& now = at.second;
        if (now.touched) return;
        touched_.push_back({&at, now.row, now.valid_from, now.writer, now.dirty});
        if (!now.row) now.writer = writer;
        now.touched = true;
        now.dirty = true;
        list(at);
    }

    bool has_touched() const { return !touched_.empty(); }

    /// Calls `check(key, row)` for each row that the event under way changed and left in the table.
    template <class Check>
    void check_touched(Check&& check) const {
        for (const auto& change : touched_)
            if (change.at->second.row) check(change.at->first, *change.at->second.row);
    }

    /// Tells what the event changed, in order of the keys: rows that are not as they were, from 1 on.
    void tell_changes(row_recorder& to, recorded_at when) const noexcept try {
        std::vector<const touched_row*> in_order;
        for (const auto& change : touched_)
            if (!is_as_before(change)) in_order.push_back(&change);
        std::sort(in_order.begin(), in_order.end(),
                  [](const auto* a, const auto* b) { return comes_before(a->at->first, b->at->first); });
        const auto row = [](const std::optional<Row>& of) { return of ? &*of : nullptr; };
        for (std::size_t i = 0; i != in_order.size(); ++i)
            to.changed(when, i + 1, row(in_order[i]->before), row(in_order[i]->at->second.row));
    } catch (...) {
        to.missed();
    }

    /// Makes the event's changes final. With `history`, what they replaced becomes a version that ends at `when`; a row
    /// that is again as it was has not changed.
    void end_event(std::int64_t when, bool history) {
        for (auto& change : touched_) {
            slot& at = change.at->second;
            at.touched = false;
            if (!at.row) at.writer = 0;
            if (!history) continue;
            if (is_as_before(change)) {
                if (!shown_) at.dirty = change.was_dirty;
                continue;
            }
            if (change.before && change.valid_from < when)
                keep(at, {std::move(*change.before), change.valid_from, when, change.writer});
            at.valid_from = when;
        }
        touched_.clear();
        shown_ = false;
    }

    /// Takes the event's changes back.
    void roll_back() {
        for (auto change = touched_.rbegin(); change != touched_.rend(); ++change) {
            slot& at = change->at->second;
            at.row = std::move(change->before);
            at.valid_from = change->valid_from;
            at.writer = change->writer;
            at.dirty = change->was_dirty;
            at.touched = false;
        }
        touched_.clear();
        shown_ = false;
    }

    /// Writes everything as it was before the event under way (between events: as it is), sorted by key: first the
    /// rows, then the versions.
    void flush(table_flush& out) {
        std::sort(dirty_.begin(), dirty_.end(), [](const entry* a, const entry* b) { return a->first < b->first; });
        for (entry* each : dirty_) {
            slot& at = each->second;
            at.listed = false;
            if (!at.dirty || at.touched) continue;
            write(out, each->first, at.row, at.valid_from, at.writer);
            at.dirty = false;
        }
        // The database has the rows of this event under way as they were before it.
        for (auto& change : touched_) {
            if (change.was_dirty) write(out, change.at->first, change.before, change.valid_from, change.writer);
            change.was_dirty = false;
        }
        flush_versions(out);
        dirty_.clear();
        for (auto& change : touched_) list(*change.at);
    }

    /// Writes the rows of the event under way as they are by now, for SQL that wants to see them. flush() comes first.
    void show_touched(table_flush& out) {
        for (const auto& change : touched_)
            write(out, change.at->first, change.at->second.row, change.at->second.valid_from, change.at->second.writer);
        shown_ = true;
    }

    /// Returns how many rows and versions wait for the flush, and how many rows are held in all.
    std::size_t pending() const { return dirty_.size() + versions_.size(); }
    std::size_t size() const { return slots_.size(); }

    /// Forgets everything: right after a flush, or to start again from what the database has.
    void clear() {
        touched_.clear();
        dirty_.clear();
        versions_.clear();
        wanted_.clear();
        slots_.clear();
        shown_ = false;
    }

private:
    struct touched_row {
        entry* at;
        std::optional<Row> before;
        std::int64_t valid_from;
        std::uint32_t writer;
        bool was_dirty;
    };
    struct kept_version {
        Row row;
        std::int64_t from;
        std::int64_t to;
        std::uint32_t writer;
        std::uint32_t next = 0;  // the same row's next one; 0: it is the last
    };

    static bool is_as_before(const touched_row& change) {
        const auto& now = change.at->second.row;
        return now.has_value() == change.before.has_value() && (!now || same_row(*now, *change.before));
    }

    void keep(slot& of, kept_version&& version) {
        versions_.push_back(std::move(version));
        const auto number = static_cast<std::uint32_t>(versions_.size());
        if (of.last_version != 0)
            versions_[of.last_version - 1].next = number;
        else
            of.first_version = number;
        of.last_version = number;
    }

    /// Whoever has versions has changed, so stands in dirty_, which is sorted: no need to sort the versions too.
    void flush_versions(table_flush& out) {
        if (versions_.empty()) return;
        for (entry* each : dirty_) {
            slot& at = each->second;
            for (auto number = at.first_version; number != 0; number = versions_[number - 1].next) {
                const auto& version = versions_[number - 1];
                out.keep(&version.row, version.from, version.to, version.writer);
            }
            at.first_version = at.last_version = 0;
        }
        versions_.clear();
    }

    void list(entry& at) {
        if (at.second.listed) return;
        at.second.listed = true;
        dirty_.push_back(&at);
    }
    static void write(table_flush& out, const Key& key, const std::optional<Row>& row, std::int64_t valid_from,
                      std::uint32_t writer) {
        if (row)
            out.put(&*row, valid_from, writer);
        else
            out.erase(&key);
    }

    map slots_;
    std::vector<entry*> wanted_;
    std::vector<entry*> dirty_;
    std::vector<kept_version> versions_;
    std::vector<touched_row> touched_;
    bool shown_ = false;
};

}  // namespace leftfold::inline v0::detail
