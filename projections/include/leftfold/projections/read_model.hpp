#pragma once

#include <chrono>
#include <concepts>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "leftfold/projections/projection.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/position_token.hpp"

namespace leftfold::inline v0 {

/// How a read model is opened for reading.
struct read_model_options {
    /// The store that the model was made from. A model can be read without it; with it, the handle also knows how many
    /// events the model is behind, which cut a time has, and that a time holds nothing that the model has not seen.
    /// Open it as you like, for reading or for writing; it must not be closed before the handle goes.
    event_store* store = nullptr;
    /// How long as_of() waits for the rows to come as far as the time asked for.
    std::chrono::milliseconds as_of_wait = std::chrono::seconds{1};
    /// The renamed and upcast events that the engine has, since they are part of what the rows mean.
    event_registry events{};
};

/// Where a read model stands, by its own checkpoint.
struct read_model_status {
    /// The store that it was made from.
    store_id store{};
    store_epoch epoch{};
    /// Every event in it is in the rows.
    cut reached;
    /// Every event recorded at or before this time is in the rows.
    recorded_at through = recorded_at::min();
    /// The first time of which the rows can be told: where the projection began (projection_options::start).
    recorded_at since = recorded_at::min();
    /// How many events it is behind the store. Empty when it was opened without its store.
    std::optional<std::size_t> events_behind{};
    /// How much it may be missing: wall clock against `through`; 0 when it is known to have every event.
    std::chrono::microseconds time_behind{};
};

namespace detail {

class file_rows;
class read_side;

/// What a read_model holds, without its type.
class opened_model {
public:
    opened_model(const std::filesystem::path& database, std::unique_ptr<projection_base> handle,
                 read_model_options options);
    ~opened_model();

    const projection_base& handle() const { return *handle_; }
    file_rows& rows() const { return *rows_; }
    read_model_status status() const;
    std::vector<parked_key> parked() const;
    freshness wait_for(position where, wait_options options) const;
    freshness wait_for(const position_token& token, wait_options options) const;

private:
    file_rows* rows_;  // belongs to side_
    std::unique_ptr<read_side> side_;
    std::unique_ptr<projection_base> handle_;
};

}  // namespace detail

/// A read model that some engine keeps, in this process or another, opened by its path to be read:
///
///     const auto read = leftfold::open_read_model<balances>("bank.views.db");
///     read.wait_for(done.position);
///     read->rows.find("alice");
///
/// It shows committed rows only, and takes no lock that an engine would wait for. The engine may start, end and start
/// again meanwhile. Each question looks at the model's checkpoint first, in the same transaction, so an answer never
/// mixes rows of two revisions; that costs a few microseconds.
///
/// Thread safety: any number of threads may use one handle, any number of processes may open one database. Movable; the
/// tables, and what as_of() of them returned, are valid as long as it lives.
///
/// Errors, of every function and of every question to a table: errc::stale_model when the model in the database is not
/// the one of this program's projection any more (another revision, row or list of events) or belongs to another store
/// than the one given; errc::not_found when the file or the projection in it is gone; errc::io_error, errc::corrupt.
template <class Projection>
class read_model {
public:
    /// What open_read_model() calls.
    explicit read_model(std::unique_ptr<detail::opened_model> opened) : opened_(std::move(opened)) {}

    /// Returns the projection's read side: its tables, whose const functions read.
    const Projection& operator*() const { return static_cast<const Projection&>(opened_->handle()); }
    const Projection* operator->() const { return &**this; }

    /// Says how far the model has come.
    read_model_status status() const { return opened_->status(); }

    /// Says which streams are parked, and why (failure_policy::park_key).
    std::vector<parked_key> parked() const { return opened_->parked(); }

    /// Waits until the event at `where` is in the rows. Sleeps until the engine commits; does not poll. When the time
    /// is over, it does what wait_options::late says: throws errc::behind, with the lag in the text, or returns how far
    /// the rows are. Throws errc::invalid_argument for a partition that the store does not have.
    freshness wait_for(position where, wait_options options = {}) const { return opened_->wait_for(where, options); }
    /// The same for what a token names (position_token). Also throws errc::stale_model when it is of another store than
    /// the model's, or of another epoch.
    freshness wait_for(const position_token& token, wait_options options = {}) const {
        return opened_->wait_for(token, options);
    }

    /// The model without its type, for change_feed.
    const detail::opened_model& opened() const { return *opened_; }

private:
    std::unique_ptr<detail::opened_model> opened_;
};

/// Opens a read model by the path of its database, to be read beside the engine that keeps it, or without one.
///
/// As_of of its tables answers once the model holds every event recorded at or before the time asked for, and throws
/// errc::behind when that does not come within as_of_wait. Without the store it knows that only up to `through`, the
/// time that was closed when the engine last wrote; a store in which nothing happens needs to be given.
///
/// Throws errc::not_found (no such file, or no such projection in it), foreign_file (not a database of read models),
/// newer_format, stale_model (see read_model).
template <std::derived_from<projection_base> Projection>
read_model<Projection> open_read_model(const std::filesystem::path& database, read_model_options options = {}) {
    return read_model<Projection>(
        std::make_unique<detail::opened_model>(database, std::make_unique<Projection>(), std::move(options)));
}

}  // namespace leftfold::inline v0
