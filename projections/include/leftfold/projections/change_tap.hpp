#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/projections/change_position.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/projections/row_change.hpp"
#include "leftfold/projections/table.hpp"
#include "leftfold/storage/environment.hpp"

namespace leftfold::inline v0 {

/// How changes are followed as they are made.
struct change_tap_options {
    /// The most changes that are held in memory for whoever follows. One more, and the tap ends.
    std::size_t held_changes = 100'000;
};

namespace detail {

class tap_queue;

/// The rows of one change, whose type only the tap knows.
struct held_rows {
    virtual ~held_rows() = default;
};

/// Copies the rows of a change; null stands for a row that is not there.
using rows_copier = std::unique_ptr<held_rows> (*)(const void* before, const void* after);

/// What a tap is without the type of its rows.
class tap_core {
public:
    tap_core(projection_engine& engine, std::string_view projection, const table_core& table, rows_copier copy,
             change_tap_options options);
    ~tap_core();
    tap_core(tap_core&&) noexcept;
    tap_core& operator=(tap_core&&) noexcept;

    using taker = function_ref<void(const change_position&, held_rows&)>;
    void take(std::chrono::milliseconds at_most, taker take);
    change_position position() const;
    void interrupt();

    const environment& world() const { return world_; }
    const std::string& table() const { return table_; }

private:
    environment world_;
    std::string table_;
    std::shared_ptr<tap_queue> queue_;
};

}  // namespace detail

/// The changes of any table, with history or without, in the process of the engine that makes them, from now on:
///
///     leftfold::change_tap tap{engine, &balances::rows};
///     for (;;)
///         for (const auto& change : tap.next(1s))
///             show(change.before, change.after, change.position);
///
/// Each event gives one change for each row that it changed, in order of the keys, events in the order of the log, once
/// they are committed, and each once. An event that wrote what was there already changed nothing. A tap gives all that
/// is committed after it was made: to keep a copy of a table, make the tap, then read the table, then follow.
///
/// What nobody has kept can be lost, and then it is said: a tap ends, once it has given what it holds, when its
/// follower falls behind by more than `held_changes`, and when rows become others by no new event (the list is below).
/// Whoever wants to be slow, to go on where he was after the program ended, or to follow from another process, gives
/// the table history and uses change_feed. Positions are those of a feed: one may go on where the other ended.
///
/// What it costs: a copy of both rows and an allocation for each change of that table, on the thread that folds, and
/// the memory of what is held; nothing for tables that nobody follows.
///
/// Thread safety: one thread at a time, but interrupt() from any. It may outlive its engine, and then ends.
///
/// Errors of next(), after all that was held: errc::before_history (it fell behind), errc::stale_model (the rows
/// became others: by seek(), by a rebuild whose rows differed or were compared by samples, by roll_back(), by
/// heal_row(), by a stream that was parked and has rejoined, or by a flush that failed and turned out to be committed),
/// errc::projection_stopped (the engine is gone). They come each time: make another tap, and read the table again.
template <class Row, auto Key>
class change_tap {
public:
    using change = row_change<Row>;

    /// Throws errc::not_found for a projection that was not added to this engine, errc::unsupported for one in memory,
    /// errc::invalid_argument for a tap that may hold nothing. From any thread, but not from inside what the engine
    /// calls: it comes between two flushes.
    template <std::derived_from<projection_base> Projection>
    change_tap(projection_engine& engine, table<Row, Key> Projection::*rows, change_tap_options options = {})
        : core_(engine, Projection::projection_name, (engine.read<Projection>().*rows).untyped(), copy, options) {}

    /// Returns the next changes: none when there are none.
    std::vector<change> next() { return next(std::chrono::milliseconds{0}); }
    /// Waits until there is a change, at most so long, and returns all that are there. Sleeps until the engine commits;
    /// does not poll.
    std::vector<change> next(std::chrono::milliseconds at_most) {
        std::vector<change> taken;
        core_.take(at_most, [&](const change_position& at, detail::held_rows& rows) {
            auto& both = static_cast<rows_of_change&>(rows);
            taken.push_back({.position = at, .before = std::move(both.before), .after = std::move(both.after)});
        });
        return taken;
    }

    /// Where it stands: behind all that it has given.
    change_position position() const { return core_.position(); }

    /// Makes the wait that is under way, or else the next one, return. From any thread.
    void interrupt() { core_.interrupt(); }

    /// The tap without the type of its rows, for change_subscription.
    const detail::tap_core& untyped() const { return core_; }

private:
    struct rows_of_change final : detail::held_rows {
        std::optional<Row> before;
        std::optional<Row> after;
    };
    static std::unique_ptr<detail::held_rows> copy(const void* before, const void* after) {
        auto both = std::make_unique<rows_of_change>();
        if (before != nullptr) both->before = *static_cast<const Row*>(before);
        if (after != nullptr) both->after = *static_cast<const Row*>(after);
        return both;
    }

    detail::tap_core core_;
};

template <class Projection, class Row, auto Key>
change_tap(projection_engine&, table<Row, Key> Projection::*, change_tap_options) -> change_tap<Row, Key>;
template <class Projection, class Row, auto Key>
change_tap(projection_engine&, table<Row, Key> Projection::*) -> change_tap<Row, Key>;

}  // namespace leftfold::inline v0
