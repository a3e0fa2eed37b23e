#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "leftfold/projections/change_position.hpp"
#include "leftfold/projections/read_model.hpp"
#include "leftfold/projections/row_change.hpp"
#include "leftfold/projections/table.hpp"

namespace leftfold::inline v0 {

/// How changes are followed.
struct change_feed_options {
    change_start from = change_start::latest();
    /// The most changes that are read at once and held in memory, until whoever follows has taken them.
    std::size_t page_changes = 1'000;
};

namespace detail {

/// What a feed is without the type of its rows.
class feed_core {
public:
    feed_core(const opened_model& model, const table_core& table, change_feed_options options);
    ~feed_core();
    feed_core(feed_core&&) noexcept;
    feed_core& operator=(feed_core&&) noexcept;

    /// Reads one page. `take(position, was_there, is_there, row)` is to read the cells of both rows.
    using taker = function_ref<void(const change_position&, bool, bool, cell_reader&)>;
    std::size_t read(taker take);
    /// The same, once there is something or the time is over.
    std::size_t read(std::chrono::milliseconds at_most, taker take);
    change_position position() const;
    void interrupt();

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

/// Reads one of the two rows of a change, or passes over its cells.
template <class Row>
std::optional<Row> read_changed(cell_reader& in, bool there) {
    if (there) return read_row<Row>(in);
    for (std::size_t i = 0; i != columns_of<Row>(); ++i) in.null();
    return std::nullopt;
}

}  // namespace detail

/// The changes of a table with history, in the order of the log, for whoever wants to follow them:
///
///     const auto read = leftfold::open_read_model<balances>("bank.views.db");
///     leftfold::change_feed feed{read, &balances::rows, {.from = leftfold::change_start::earliest()}};
///     for (;;)
///         for (const auto& change : feed.next(1s))
///             show(change.before, change.after, change.position);
///
/// Each event gives one change for each row that it changed, in order of the keys. A change is there once it is
/// committed, and each comes once. An event that wrote what was there already changed nothing.
///
/// It is read from the table's history, and from nothing else. So it needs neither the engine nor its process, and
/// cannot hold them up; whoever is slow falls behind and loses nothing; whoever ends, goes on from the position of the
/// last change that he took, in any process. In memory there are `page_changes` at most.
///
/// What it costs: of a table with table_options::followed, a few look-ups for each change, however large the table is
/// and however much lies behind. Of another one, for each page, and for each commit while it waits, a pass over the
/// times of the table and of its versions.
///
/// While a stream is parked (failure_policy::park_key), the feed ends before its first event, since what that changes
/// is not known yet. It goes on once the stream has rejoined.
///
/// Thread safety: one thread at a time, but interrupt() from any. Valid as long as the read model.
///
/// For a table without history there is change_tap, in the process of its engine alone.
///
/// Errors, of the constructor and of next(): errc::before_history (what comes next is older than the table's history,
/// or than its projection's start), errc::other_history (the position is of another store, or from before that was
/// restored), and those of read_model: errc::stale_model once the rows are those of another fold. A feed that throws
/// stands where it stood.
template <class Row, auto Key>
class change_feed {
public:
    using change = row_change<Row>;

    /// Throws errc::unsupported for a table without history, errc::invalid_argument for a page of no changes, and what
    /// is said above.
    template <class Projection>
    change_feed(const read_model<Projection>& of, table<Row, Key> Projection::*rows, change_feed_options options = {})
        : core_(of.opened(), ((*of).*rows).untyped(), options) {}
    /// A read model that is gone at the end of the line cannot be followed.
    template <class Projection>
    change_feed(const read_model<Projection>&&, table<Row, Key> Projection::*, change_feed_options = {}) = delete;

    /// Returns the next changes: none when there are none.
    std::vector<change> next() {
        std::vector<change> read;
        core_.read(taker(read));
        return read;
    }
    /// Waits until there is a change, at most so long, and returns the next ones. Sleeps until the engine commits, in
    /// whatever process it is; does not poll.
    std::vector<change> next(std::chrono::milliseconds at_most) {
        std::vector<change> read;
        core_.read(at_most, taker(read));
        return read;
    }

    /// Where it stands: behind all that it has given. To be kept by whoever has taken that.
    change_position position() const { return core_.position(); }

    /// Makes the wait that is under way, or else the next one, return. From any thread.
    void interrupt() { core_.interrupt(); }

private:
    static auto taker(std::vector<change>& into) {
        return [&into](const change_position& at, bool was_there, bool is_there, detail::cell_reader& row) {
            change one{.position = at, .before = {}, .after = {}};
            one.before = detail::read_changed<Row>(row, was_there);
            one.after = detail::read_changed<Row>(row, is_there);
            into.push_back(std::move(one));
        };
    }

    detail::feed_core core_;
};

template <class Projection, class Row, auto Key>
change_feed(const read_model<Projection>&, table<Row, Key> Projection::*, change_feed_options) -> change_feed<Row, Key>;
template <class Projection, class Row, auto Key>
change_feed(const read_model<Projection>&, table<Row, Key> Projection::*) -> change_feed<Row, Key>;

}  // namespace leftfold::inline v0
