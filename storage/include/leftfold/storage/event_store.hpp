#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "leftfold/storage/append.hpp"
#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/limits.hpp"
#include "leftfold/storage/moment.hpp"
#include "leftfold/storage/partition_log.hpp"
#include "leftfold/storage/reading.hpp"

namespace boost::asio {
class deferred_t;
}

namespace leftfold::inline v0 {

class bulletin;
class stream_index;
class snapshot_store;
class checkpoint_store;
class store_core;

/// Whether the holder may append. One process at a time owns a store for writing; any number read beside it.
enum class access { read_write, read_only };

/// What every kind of store can be told when it is opened.
struct store_options {
    store_limits limits{};
    environment world{};
};

/// The ports that a store stands on, made by open_sqlite() and its like.
struct store_parts {
    store_id id{};
    store_epoch epoch{};
    std::uint32_t partitions = 1;
    leftfold::access access = access::read_write;
    /// What must stay until all of the below is gone: a lock file, say.
    std::shared_ptr<void> keep{};
    std::unique_ptr<partition_log> log{};
    std::unique_ptr<stream_index> index{};
    std::unique_ptr<leftfold::bulletin> bulletin{};
    std::unique_ptr<snapshot_store> snapshots{};
    std::unique_ptr<checkpoint_store> checkpoints{};
};

/// Which events of a stream are read, and in which order.
struct stream_read {
    /// The first version to give, inclusive. 0, the default, is where the stream begins; reading backward, where it
    /// ends. So is what lies before the one or beyond the other.
    version from{};
    direction way = direction::forward;
    /// The most events to give. A longer stream is read in several calls, each from where the last one ended.
    std::size_t count = 1'000;
    payloads wanted = payloads::read;
};

/// How a question about a past time is asked.
struct as_of_options {
    /// How long to wait for the time to close; empty: store_limits::as_of_wait.
    std::optional<std::chrono::milliseconds> wait{};
};

/// The store: append events to streams, read them back by stream, partition or time, and wait for more.
///
/// Blocking functions are members; their asynchronous twins are called `async_…`, take any Boost.Asio completion token,
/// and are defined in <leftfold/storage/async.hpp>, which a file that uses them includes.
///
/// Thread safety: every function may be called from any thread at any time, close() included. A child of fork(2) must
/// not use a handle that it inherited: each call answers errc::forked.
///
/// Errors: a blocking call throws leftfold::error. Every function may throw errc::io_error, errc::corrupt (stored bytes
/// are not what was written), errc::store_closed and errc::forked, and, where it takes a partition or a position,
/// errc::invalid_argument for a partition that the store does not have; others are named where they arise.
class event_store {
public:
    /// Takes ownership of the ports. For writing it claims every partition, and carries the clock on from the greatest
    /// of their last recorded_at and the saved bound. Throws what the ports throw, and errc::clock_ahead.
    explicit event_store(store_parts parts, store_options options = {});
    /// Closes with a deadline of five seconds.
    ~event_store();
    event_store(event_store&&) noexcept;
    event_store& operator=(event_store&&) noexcept;

    // What the store is. These cost nothing and do not change while it is open.

    store_id id() const;
    store_epoch epoch() const;
    std::uint32_t partitions() const;
    leftfold::access access() const;
    log_capabilities capabilities() const;
    const store_limits& limits() const;
    const environment& world() const;

    /// Returns the partition that a stream belongs to, for ever: by its routing key (semantics 1). Costs a hash.
    partition_id partition_of(const stream_id& stream) const;

    // Appending

    /// Appends events to one stream, whole or not at all, and returns when they are durable.
    ///
    /// A conflict with the expected version is a value that carries the missed events. Under event ids that are stored
    /// already with the same content, it returns the first outcome and stores nothing (semantics 3).
    ///
    /// Throws errc::invalid_name, event_too_large, batch_too_large, headers_too_large, invalid_argument (no events),
    /// partial_duplicate, id_reused, would_block, clock_jump, clock_ahead, disk_full, fenced, read_only; and
    /// outcome_unknown when the commit's I/O failed and could not be resolved: append again with the same ids to learn
    /// it.
    ///
    /// Costs one durable commit, shared with every other append that waits for the same partition.
    append_result append(const stream_id& stream, expected_version expected, std::vector<event_data> events,
                         append_options options = {});

    /// Appends to several streams of one partition in one atomic step. As above; also throws
    /// errc::different_partitions.
    append_result append(std::vector<stream_append> streams, append_options options = {});

    /// Appends without blocking: completes with (boost::system::error_code, append_result), the latter default-made
    /// when the former is set. The handler runs on its associated executor, never on a writer's thread. Encode and
    /// check happen before the call returns; when_full::wait does not block here but lets the append through, up to
    /// twice the queue.
    template <class Token = boost::asio::deferred_t>
    auto async_append(std::vector<stream_append> streams, append_options options = {}, Token&& token = Token());

    /// What async_append stands on: calls `done` exactly once, from whatever thread settles it: a writer's, that of
    /// another caller, or this one before the call returns. So `done` must not throw or block, must not take a lock
    /// that is held here, and must not close the store.
    using append_handler = unique_function<void(std::error_code, append_result)>;
    void start_append(std::vector<stream_append> streams, append_options options, append_handler done);

    // Streams

    /// Returns the stream's last version, or nothing when it has no event. Costs a look-up in the index.
    std::optional<version> head(const stream_id& stream);

    /// Returns events of a stream in the order asked, at most `options.count`; none when the stream does not exist.
    /// Costs a look-up in the index and a point read for each event.
    std::vector<recorded_event> read_stream(const stream_id& stream, stream_read options = {});

    /// Gives events of a stream to the sink, without copying them: what loading an aggregate uses. Counts as
    /// read_stream does; returns how many events it gave.
    std::size_t visit_stream(const stream_id& stream, stream_read options, event_sink sink);

    /// Returns where the event with that id stands in the stream's partition.
    std::optional<position> find_event(const stream_id& stream, const event_id& id);

    /// Reads a stream as read_stream does, on a thread of the store's; completes with (boost::system::error_code,
    /// std::vector<recorded_event>).
    template <class Token = boost::asio::deferred_t>
    auto async_read_stream(stream_id stream, stream_read options = {}, Token&& token = Token());
    /// What async_read_stream stands on: calls `done` exactly once, on that thread. `done` must not throw or block, and
    /// must not close the store.
    using read_handler = unique_function<void(std::error_code, std::vector<recorded_event>)>;
    void start_read_stream(stream_id stream, stream_read options, read_handler done);

    // The log

    /// Gives one page of a partition's events after `after`, in offset order, to the sink: those that the filter
    /// chooses, until a limit is reached or the sink returns false. Where it ended is where the next page starts.
    page_end read_partition(partition_id partition, offset after, const page_limits& limits, const event_filter& filter,
                            payloads wanted, event_sink sink);

    /// Gives all partitions' events in (after, up_to], merged by recorded_at: the store's own order. Stops when the
    /// sink returns false, or at the end of the log; returns the cut up to which all was given. A replay over the same
    /// cuts gives the same events in the same order.
    cut read_all(const cut& after, const cut& up_to, const event_filter& filter, payloads wanted, event_sink sink);

    /// Gives the events at these places of one partition, in the order asked.
    void read_at(partition_id partition, std::span<const offset> offsets, payloads wanted, event_sink sink);

    // Time

    /// Returns the committed head of each partition. Costs nothing for the owner, a point read a partition for others.
    cut heads();
    /// Returns the head of one partition with its time and chain hash.
    partition_head head_of(partition_id partition);
    /// Returns the greatest time at or before which no event will ever again be recorded.
    recorded_at closed();
    /// Returns the cut of all that is closed. Events at or below it are in their final order over all partitions.
    cut closed_cut();
    /// Returns the one cut that holds every event recorded at or before `when`, and never another. Waits for `when` to
    /// close. Throws errc::not_yet when it lies in the future, errc::not_closed when the wait was not enough.
    cut cut_at(recorded_at when, as_of_options options = {});
    /// Returns the moment of `when`: its cut, with what makes it one of this store's history. To be asked with again
    /// and again, here or elsewhere (moment.hpp). Waits and throws as cut_at, and costs one more point read a
    /// partition.
    moment at(recorded_at when, as_of_options options = {});
    /// Makes sure that the store has the past that the moment is of: its id, its epoch, and the same events up to the
    /// same cut. Whatever takes a moment calls it.
    ///
    /// Throws errc::other_history when it has not: it is another store, one that was restored since, or a copy that
    /// parted from it or lacks its end; the text says which. Throws as cut_at while the store cannot tell. Costs what
    /// at() costs, once: the last 16 moments that were found to be right are remembered.
    void check(const moment& asked, as_of_options options = {});
    /// Returns the last offset of the partition recorded at or before `when`; costs O(log n) point reads. Asks nothing
    /// of closed().
    offset offset_at(partition_id partition, recorded_at when);

    /// Waits until the event at `where` is committed, at most so long. Returns whether it is. Does not poll.
    bool wait_for(position where, std::chrono::milliseconds at_most);
    /// Waits until some partition has events beyond `seen`, and returns the heads as they are then. Does not poll.
    cut wait_beyond(const cut& seen, std::chrono::milliseconds at_most);

    /// Waits as wait_beyond does, without holding a thread where the store is this process's own; completes with
    /// (boost::system::error_code, cut).
    template <class Token = boost::asio::deferred_t>
    auto async_wait_beyond(cut seen, std::chrono::milliseconds at_most, Token&& token = Token());
    /// What async_wait_beyond stands on: calls `done` exactly once, on a thread of the store's. `done` must not throw
    /// or block, and must not close the store. Throws errc::store_closed itself.
    using wait_handler = unique_function<void(std::error_code, cut)>;
    void start_wait_beyond(cut seen, std::chrono::milliseconds at_most, wait_handler done);

    /// Confirms that the wall clock is right after errc::clock_jump or errc::clock_ahead: appends go on (semantics 9).
    void accept_clock();

    // What is kept beside the log

    snapshot_store& snapshots();
    checkpoint_store& checkpoints();
    /// The ports below, for tools and tests.
    partition_log& log();
    stream_index& index();

    /// Refuses new appends, commits what is queued, completes the rest with std::errc::operation_canceled when the
    /// deadline passes (never after an ack), and ends every wait. Calling it again does nothing.
    ///
    /// The files and the lock are let go when the last handle, repository or engine of the store is gone: only then can
    /// it be opened for writing again, also in this process.
    void close(std::chrono::milliseconds deadline = std::chrono::seconds{5});

    /// The part of a store that does not move with its handle. Repositories and engines hold it; it is closed, but not
    /// gone, while one of them lives.
    const std::shared_ptr<store_core>& core() const { return core_; }
    /// A handle to the same store. Destroying it closes nothing.
    explicit event_store(std::shared_ptr<store_core> core);

private:
    std::shared_ptr<store_core> core_;
    bool closes_ = true;
};

}  // namespace leftfold::inline v0
