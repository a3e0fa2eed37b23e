#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "leftfold/projections/process_options.hpp"
#include "leftfold/projections/projection.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/projections/reactor_options.hpp"
#include "leftfold/projections/verify_projection.hpp"
#include "leftfold/storage/event_store.hpp"
#include "leftfold/storage/position_token.hpp"

namespace leftfold::inline v0 {

// Of process_manager.hpp and reactor.hpp, for those who add one.
class reactor_base;
class process_base;
template <class Process>
class running_process;
template <class Aggregate>
class repository;

namespace detail {
struct process_type;
struct reactor_type;
template <class Reactor>
const reactor_type& reactor_type_of();
template <class Process>
const process_type& process_type_of();
class process_runner;
class model;
class engine_core;
class tap_core;

void look_at(const model& of, function_ref<void(const projection_base&)> visit);

/// The durable name of what an engine drives.
template <class Consumer>
constexpr std::string_view consumer_name() {
    if constexpr (requires { std::string_view{Consumer::process_name}; })
        return Consumer::process_name;
    else if constexpr (requires { std::string_view{Consumer::reactor_name}; })
        return Consumer::reactor_name;
    else
        return Consumer::projection_name;
}
}  // namespace detail

/// A projection that lives in memory: the handle that engine.add_in_memory() returns. Copyable; valid as long as its
/// engine.
template <class Projection>
class in_memory {
public:
    /// Calls `f(const Projection&)` while nothing is folded, and returns what it returns. Safe from any thread; several
    /// may read at once. Folding waits meanwhile, so be quick, keep no reference, and call neither the engine nor this
    /// function again.
    template <class F>
    decltype(auto) read(F&& f) const {
        using answer = std::invoke_result_t<F, const Projection&>;
        if constexpr (std::is_void_v<answer>) {
            detail::look_at(*model_, [&](const projection_base& of) { f(static_cast<const Projection&>(of)); });
        } else {
            static_assert(!std::is_reference_v<answer>, "return a copy: the model changes after the call");
            std::unique_ptr<answer> made;
            detail::look_at(*model_, [&](const projection_base& of) {
                made = std::make_unique<answer>(f(static_cast<const Projection&>(of)));
            });
            return answer(std::move(*made));
        }
    }

private:
    friend class projection_engine;
    explicit in_memory(const detail::model& of) : model_(&of) {}

    const detail::model* model_;
};

/// How many bytes the name of whoever gives an order may have.
inline constexpr std::size_t order_by_bytes_max = 256;

/// Drives projections: reads the log in its own order, gives each event to each projection, and writes their rows
/// together with how far they have come.
///
///     leftfold::projection_engine engine{store};
///     auto& read = engine.add<balances>({.database = "bank.views.db"});
///     engine.start();
///     engine.wait_for(done.position);
///     read.rows.find("alice");
///
/// Every event reaches every projection exactly once: a projection's rows and its checkpoint commit in one transaction.
/// The checkpoint names the store, its epoch and the hash of what was folded. When the store has another history, the
/// rows are dropped and folded anew. When the projection has another shape, new rows are folded beside them and swapped
/// in (projection_options::on_change). The observer is told.
///
/// An event that cannot be folded is tried again as retry_options says; then that projection stops and keeps the error,
/// while others go on. Restarting the program tries again. A projection may choose to set aside the stream of the event
/// instead: failure_policy::park_key.
///
/// One engine, in one process, owns a read-model database; any number of threads and processes read it.
///
/// Thread safety: add and start belong to one thread; all else may be called from any, but not from inside what the
/// engine calls: `on`, the functions of processes and reactors, in_memory::read, an observer, `progress`.
class projection_engine {
public:
    /// Holds on to the store's core: the handle may go away before the engine, the store must not be closed.
    explicit projection_engine(event_store& store, engine_options options = {});
    /// Stops.
    ~projection_engine();
    projection_engine(const projection_engine&) = delete;
    projection_engine& operator=(const projection_engine&) = delete;

    /// Adds a projection and returns its read handle: an instance of it whose tables read what is committed, from any
    /// thread. Being const, it offers the reading functions only. Valid as long as the engine.
    ///
    /// Opens the database, makes the tables if they are not there, and checks the checkpoint. Folds nothing yet.
    ///
    /// Throws errc::locked when another process owns the database (with its pid), errc::name_collision for a second
    /// projection or table of one name, errc::invalid_argument without a database or when the engine was started;
    /// errc::stale_model when its rows are of another shape and it is to refuse those; errc::foreign_file,
    /// newer_format, not_found.
    template <std::derived_from<projection_base> Projection>
    const Projection& add(projection_options options) {
        return static_cast<const Projection&>(
            add_stored([] { return std::make_unique<Projection>(); }, std::move(options)));
    }

    /// Returns the read handle of a projection that was added, as add() did. Throws errc::not_found for one that was
    /// not, and errc::unsupported for one in memory.
    template <std::derived_from<projection_base> Projection>
    const Projection& read() const {
        return static_cast<const Projection&>(handle_of(Projection::projection_name, typeid(Projection)));
    }

    /// Adds a projection that keeps what it folds in its own members and has no tables. It is folded from the first
    /// event each time that the program starts. If its `on` throws, it must have changed nothing.
    template <std::derived_from<projection_base> Projection>
    in_memory<Projection> add_in_memory(projection_options options = {}) {
        return in_memory<Projection>(add_volatile([] { return std::make_unique<Projection>(); }, std::move(options)));
    }

    /// Adds a process, with a repository of each aggregate that it sends commands to:
    ///
    ///     auto running = engine.add_process<dispatch>({}, rides, drivers);
    ///
    /// Looks up in the log where it began and how far it has come; what it has noted is read when the engine runs. It
    /// needs a store that is open for writing.
    ///
    /// Throws errc::name_collision for a second process or projection of one name, errc::invalid_name when `process.`
    /// and the name make no category, errc::invalid_argument when the engine was started, errc::read_only. The first
    /// time ever, where it begins is appended, and it throws what append() does: while the clock is in doubt a process
    /// cannot begin, one that has begun waits.
    template <std::derived_from<process_base> Process, class... Aggregates>
    running_process<Process> add_process(process_options options, const repository<Aggregates>&... commanded) {
        targets_by_type targets;
        (targets.emplace(typeid(Aggregates), std::make_shared<repository<Aggregates>>(commanded)), ...);
        return running_process<Process>(
            add_runner(detail::process_type_of<Process>(), std::move(options), std::move(targets)));
    }

    /// Adds a reactor, made of the arguments, which runs in this engine alone while the engine lives:
    ///
    ///     engine.add_reactor<mails>({.file = "mails.reactor"}, mailer);
    ///
    /// Throws errc::locked when another process or engine owns the file (with its pid), errc::stale_model when it says
    /// how far the reactor came in another history of the store, errc::name_collision for a second one of its name,
    /// errc::invalid_argument without a file or when the engine was started; errc::foreign_file, newer_format,
    /// not_found; and what its start throws.
    template <std::derived_from<reactor_base> Reactor, class... Args>
    void add_reactor(reactor_options options, Args&&... args) {
        add_effects(detail::reactor_type_of<Reactor>(), std::make_unique<Reactor>(std::forward<Args>(args)...),
                    std::move(options));
    }

    /// Starts folding: on one executor a database, one for each projection in memory and each process. Does nothing
    /// when started.
    void start();
    /// Finishes what is being written, and stops. May be started again. Does nothing when stopped.
    void stop();

    /// Waits until the event at `where` is in the rows of every projection, and can be read. Sleeps until a projection
    /// commits; does not poll. Processes are not waited for, unless one is named.
    ///
    /// When the time is over, or a projection has stopped or is paused before that event, it does what
    /// wait_options::late says: throws errc::behind, with the lag in the text, or errc::projection_stopped, with the
    /// error that stopped it; or returns how far the rows are, which is that of the projection that is farthest behind.
    /// Throws errc::invalid_argument for a partition that the store does not have.
    freshness wait_for(position where, wait_options options = {});
    /// The same for what a token names (position_token). Also throws errc::stale_model when it is of another store or
    /// epoch.
    freshness wait_for(const position_token& token, wait_options options = {});
    /// The same for one projection, or one process: until it has done all that the event leads to.
    template <class Projection>
    freshness wait_for(position where, wait_options options = {}) {
        return wait_for_one(detail::consumer_name<Projection>(), where, options);
    }
    template <class Projection>
    freshness wait_for(const position_token& token, wait_options options = {}) {
        return wait_for_one(detail::consumer_name<Projection>(), token, options);
    }

    /// Says where each projection stands, in the order in which they were added, then each process and reactor.
    std::vector<projection_status> status() const;
    /// Says where one stands. Throws errc::not_found for one that was not added.
    template <class Projection>
    projection_status status() const {
        return status(detail::consumer_name<Projection>());
    }
    projection_status status(std::string_view projection) const;

    // Orders, to projections, processes and reactors, by type or by name, at any time and from any thread. Each is
    // carried out between two flushes or two events, for which the work that is under way makes way; it has happened
    // when the call returns, and shows in status() and to the observer. `by` says whose order it is, in 1 to
    // order_by_bytes_max bytes of UTF-8.
    //
    // They throw errc::not_found for a name that was not added, errc::invalid_argument or invalid_utf8 for `by`, and
    // what keeping the order throws: the database, or, for a process, the store; then nothing has changed.

    /// Folds nothing, reacts to nothing, has no effect from now on, until it is resumed. That outlives the program: it
    /// is kept, synced, in the database of a projection, in the file of a reactor, and for a process in the log
    /// (process_paused); an engine that adds it later finds it paused. (One in memory forgets it with all else.) Rows
    /// stay readable as they are, and instances too; deadlines wait. Whoever waits for more gets
    /// errc::projection_stopped at once, with who paused it; or the lag, when told when_late::answer_stale.
    template <class Consumer>
    void pause(std::string_view by = "the program") {
        pause(detail::consumer_name<Consumer>(), by);
    }
    void pause(std::string_view name, std::string_view by = "the program");

    /// Goes on with what was paused or told to stop or drain, and with what failed for good: as if it had just been
    /// added. Nothing is left out that came meanwhile. Does nothing to one that runs, but that it tries at once what it
    /// would have tried later.
    template <class Consumer>
    void resume(std::string_view by = "the program") {
        resume(detail::consumer_name<Consumer>(), by);
    }
    void resume(std::string_view name, std::string_view by = "the program");

    /// Folds or acts on all that is closed at the time of the call, then pauses; returns when it has. One that is
    /// paused goes so far, and is paused again. A process does what its events lead to, but reaches no deadline, and
    /// what its commands lead to comes after the next resume().
    ///
    /// Waits and throws as wait_for() does: after `at_most` it is errc::behind, with the lag, and the drain goes on to
    /// its end by itself; errc::projection_stopped when it fails for good, which ends the drain. A drain that is not
    /// over when the program ends is forgotten. By hand, it is steps that drain.
    template <class Consumer>
    freshness drain(wait_options options = {}, std::string_view by = "the program") {
        return drain(detail::consumer_name<Consumer>(), options, by);
    }
    freshness drain(std::string_view name, wait_options options = {}, std::string_view by = "the program");

    /// Drops the rows, history and parked streams included, and folds anew from another place: as a new projection
    /// whose `start` it is. The place is looked up first; when it is not there, it throws what start_at says, and
    /// nothing is dropped. The new start, the empty tables and the checkpoint are one transaction, synced on return.
    ///
    /// What was told stays told: one that is paused folds when it is resumed. What had failed for good is forgiven.
    ///
    /// Throws errc::unsupported for a process or a reactor, which have no rows: what they did stays done.
    template <class Consumer>
    void seek(const start_at& where, std::string_view by = "the program") {
        seek(detail::consumer_name<Consumer>(), where, by);
    }
    void seek(std::string_view name, const start_at& where, std::string_view by = "the program");

    /// Does nothing from now on, until it is resumed or the program starts again: a pause that nobody has to lift, and
    /// that is written nowhere.
    template <class Consumer>
    void stop(std::string_view by = "the program") {
        stop(detail::consumer_name<Consumer>(), by);
    }
    void stop(std::string_view name, std::string_view by = "the program");

    // What a projection that parks keys has set aside (failure_policy::park_key)

    /// Says which streams are parked, and why, as committed.
    template <class Projection>
    std::vector<parked_key> parked() const {
        return parked_of(Projection::projection_name);
    }
    /// Says where the events of a parked stream stand that wait, in order; none for a stream that is not parked.
    template <class Projection>
    std::vector<position> waiting(const stream_id& stream) const {
        return waiting_of(Projection::projection_name, stream);
    }
    /// Tries now to fold a parked stream again, with those that share rows with it: their rows are folded anew from
    /// their first events, history included, in one transaction. Returns whether they have rejoined; parked() says what
    /// failed when not. Nothing else of the database is folded meanwhile.
    ///
    /// Happens by itself after each wait of retry_options, and when the program starts. Throws errc::not_found when the
    /// stream is not parked.
    template <class Projection>
    bool retry_parked(const stream_id& stream) {
        return retry_parked_of(Projection::projection_name, stream);
    }
    /// Decides that the event which the stream failed at is passed over for ever, then does what retry_parked() does.
    /// The decision is durable before anything is folded, is kept beside the database (`<database>.decisions`), and
    /// holds for rebuilds too. Also throws errc::invalid_argument for a stream that only waits for another one.
    template <class Projection>
    bool discard_parked(const stream_id& stream) {
        return discard_parked_of(Projection::projection_name, stream);
    }

    /// Replaces what a table has under one key, its history included, by what the events make of it, and returns what
    /// had drifted: heal_row() of verify_projection.hpp, for a database that this engine owns. Most of the fold goes on
    /// beside the engine; its end, and the write, between two of its flushes. Of the options, `events` does not count:
    /// they are the engine's.
    ///
    /// Throws what heal_row() does, and errc::unsupported for a projection in memory.
    template <class Projection>
    projection_report heal_row(std::string_view table, std::string key, verify_projection_options options = {}) {
        return heal_row_of(Projection::projection_name, table, std::move(key), std::move(options));
    }

    /// Folds a projection anew beside its rows, compares the two, and swaps the new ones in, in one step: readers see
    /// the old rows or the new ones, complete and as far as ever, in this process and others.
    ///
    ///     const auto done = engine.rebuild<balances>();
    ///     if (!done.swapped) std::cout << to_string(done.compared);
    ///
    /// Folds and compares on the caller's thread, while the engine folds into the live rows as ever; the last events
    /// and the swap come between two of its flushes. The old rows are kept until the next rebuild. Rows that differ
    /// stop the swap, and the new ones are dropped, unless the options accept them: the fold has not changed, or else
    /// adding it would have rebuilt it. Costs a fold of the store, a pass over both rows, and their space.
    ///
    /// When the program ends before it does, what was built is dropped at the next start. Throws
    /// errc::already_exists when a generation is being built, errc::projection_stopped for an event that cannot be
    /// folded or a file that cannot be written, or when the engine is stopped meanwhile; errc::unsupported for a
    /// projection in memory, errc::not_found for one that was not added.
    template <class Projection>
    rebuild_report rebuild(rebuild_options options = {}) {
        return rebuild_of(Projection::projection_name, options);
    }

    /// Goes back to the rows that were live before the last rebuild, and keeps those that are live now: doing it again
    /// undoes it. The kept rows are first brought to where the live ones are, so readers see nothing go back in time;
    /// nothing else of the database is folded meanwhile.
    ///
    /// Throws errc::not_found when no rows are kept; errc::stale_model when they are of another shape than this
    /// program's: end it then, and start the program whose rows they are, which goes on with them. Also what rebuild()
    /// throws.
    template <class Projection>
    void roll_back() {
        roll_back_of(Projection::projection_name);
    }

    // By hand, instead of start(): for tests, batch programs and simulations

    /// Does one thing for each projection, folds a batch, or writes it; and for each process. Returns whether there was
    /// anything to do.
    bool step();
    /// Lets processes react, on the caller's thread, until none has anything to do, deadlines that are due included;
    /// then folds everything that is closed. Retries without waiting. Throws errc::projection_stopped in the end, when
    /// one has stopped or is paused before that.
    void catch_up();

private:
    using targets_by_type = std::unordered_map<std::type_index, std::shared_ptr<void>>;
    using maker = std::function<std::unique_ptr<projection_base>()>;

    friend class detail::tap_core;

    const projection_base& handle_of(std::string_view name, std::type_index type) const;
    const projection_base& add_stored(maker make, projection_options options);
    const detail::model& add_volatile(maker make, projection_options options);
    const detail::process_runner& add_runner(const detail::process_type& type, process_options options,
                                             targets_by_type targets);
    void add_effects(const detail::reactor_type& type, std::unique_ptr<reactor_base> instance, reactor_options options);
    freshness wait_for_one(std::string_view name, position where, wait_options options);
    freshness wait_for_one(std::string_view name, const position_token& token, wait_options options);
    std::vector<parked_key> parked_of(std::string_view name) const;
    std::vector<position> waiting_of(std::string_view name, const stream_id& stream) const;
    bool retry_parked_of(std::string_view name, const stream_id& stream);
    bool discard_parked_of(std::string_view name, const stream_id& stream);
    projection_report heal_row_of(std::string_view name, std::string_view table, std::string key,
                                  verify_projection_options options);
    rebuild_report rebuild_of(std::string_view name, rebuild_options options);
    void roll_back_of(std::string_view name);

    std::unique_ptr<detail::engine_core> core_;
};

}  // namespace leftfold::inline v0
