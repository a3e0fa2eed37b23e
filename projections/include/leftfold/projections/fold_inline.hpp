#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include "leftfold/framework/event_registry.hpp"
#include "leftfold/projections/projection_base.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// How a projection is folded in the append's own transaction.
struct inline_options {
    /// Renamed and upcast events, as for repositories. Another registry means another fold.
    event_registry events{};
};

namespace detail {

class united_side;

/// What an inline_model holds, without its type.
class inline_fold {
public:
    using maker = std::function<std::unique_ptr<projection_base>()>;

    inline_fold(event_store& store, const maker& make, inline_options options);
    ~inline_fold();

    const projection_base& handle() const { return *handle_; }

private:
    std::unique_ptr<united_side> side_;
    std::unique_ptr<projection_base> handle_;
};

}  // namespace detail

/// A projection whose rows are never behind: what fold_inline() returns.
///
/// It is read as the handle of an engine is: find, range, where, count, for_each, and as_of of a table with history. A
/// row that an append wrote can be read once the append has returned. find() looks into one partition; all else gives
/// the union of all partitions, each as it was when its turn came.
///
/// Thread safety: any number of threads may read one. Movable. To be gone before the store is closed.
template <class Projection>
class inline_model {
public:
    /// What fold_inline() calls.
    explicit inline_model(std::unique_ptr<detail::inline_fold> fold) : fold_(std::move(fold)) {}

    /// Returns the projection's read side: its tables, whose const functions read.
    const Projection& operator*() const { return static_cast<const Projection&>(fold_->handle()); }
    const Projection* operator->() const { return &**this; }

private:
    std::unique_ptr<detail::inline_fold> fold_;
};

/// Folds a projection in the very transaction that stores the events, from now on until the store is closed
/// (semantics 27):
///
///     auto store = leftfold::open_sqlite("bank.store");
///     const auto read = leftfold::fold_inline<balances>(store);
///     accounts.execute("alice", [](account& a) { a.deposit(100'00); });
///     read->rows.find("alice");  // has it
///
/// Rows and events commit together or not at all. An event that `on` throws for refuses the append that it is part of:
/// nothing of that append is stored, and its caller gets a leftfold::error with the code of a leftfold::error that `on`
/// threw, else errc::projection_stopped, and with the words of either. Other appends of the group are stored.
///
/// The rows stand in the partitions' own database files (docs/storage_format.md). Each partition folds its events
/// alone, in the order of its log; so a row belongs to one routing key: its key has to have the routing key of the
/// stream that writes it (`alice`, or `{alice}/2026-03`), else the append is refused with errc::invalid_argument. A
/// projection that combines streams of several routing keys wants an engine.
///
/// What is stored already is folded before this returns, up to 10,000 events a transaction; after an interruption it
/// goes on from there. Rows of another shape (another row, list of events, or revision) are dropped and folded anew.
///
/// For the owner of a store, before its first append. Costs every append the fold and its rows, in the partition's
/// commit section, and no sync of its own. Call it again for another projection.
///
/// Throws errc::projection_stopped for a stored event that cannot be folded, with its position and type;
/// errc::unsupported where the log takes no participants (memory), and for a projection with an sql_table or that parks
/// keys; errc::invalid_argument after an append, or for a projection without tables; errc::name_collision for a table
/// whose name is taken in the partitions' files; errc::read_only for a reader; errc::disk_full, errc::io_error.
template <std::derived_from<projection_base> Projection>
inline_model<Projection> fold_inline(event_store& store, inline_options options = {}) {
    return inline_model<Projection>(std::make_unique<detail::inline_fold>(
        store, [] { return std::make_unique<Projection>(); }, std::move(options)));
}

}  // namespace leftfold::inline v0
