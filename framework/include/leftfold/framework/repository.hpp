#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/framework/decider.hpp"
#include "leftfold/framework/detail/repository_core.hpp"
#include "leftfold/framework/history.hpp"
#include "leftfold/framework/loaded.hpp"

namespace leftfold::inline v0 {

/// Loads aggregates from a store, lets them decide, and stores what they raised. One repository serves all instances of
/// one aggregate class; `Aggregate` derives from aggregate, or is a decider.
///
///     leftfold::repository<account> accounts{store};
///     auto done = accounts.execute("alice", [](account& a) { a.deposit(50); });
///     accounts.load("alice")->balance();
///
/// Keys name instances: the stream is `<category>-<key>` (names.hpp has the rule). Wherever a decision is taken, it is
/// a function of `Aggregate&`; for a decider also a command, or a function of `const State&` that returns events.
///
/// Errors: every function may throw what event_store's may; errc::invalid_name for a bad key; errc::unknown_event_type
/// for a stored event that the aggregate neither lists nor ignores; errc::invalid_event for one that does not decode.
///
/// Thread safety: every function may be called from any thread at any time. The repository keeps the store open for
/// itself; after the store is closed its functions throw errc::store_closed. Nothing may use a repository while it is
/// moved from or assigned to.
template <class Aggregate>
class repository {
public:
    /// Throws errc::name_collision when one of the aggregate's events has a name that `options.events` gives to
    /// another, and errc::invalid_argument when snapshots are asked for and the aggregate is not described.
    explicit repository(const event_store& store, repository_options options = {})
        : core_(std::make_shared<detail::repository_core>(store, detail::type_of_subject<Aggregate>(),
                                                          with_own_events(std::move(options)))) {}

    // Commands

    /// Loads the aggregate (a new one when the stream does not exist), runs the decision on it, and appends what it
    /// raised, all or nothing. Returns when that is durable.
    ///
    /// When somebody else appended meanwhile, the decision runs again on the new state, so it must not have effects
    /// outside the aggregate; after `attempts_max` lost races throws errc::conflict_exhausted. What the decision throws
    /// passes through, and nothing is appended. A commit of unknown outcome is resolved inside, by appending again
    /// under the same event ids until `deadline`; then throws errc::outcome_unknown.
    ///
    /// Costs one load and one durable commit; with nothing raised, the load alone. Where the stream is resident
    /// (`options.resident_bytes`), the load is a copy of the state in memory, and a decision that throws or raises
    /// nothing costs a look-up of the stream's head beside. When others had appended before the call, the decision was
    /// made on an old state: whatever came of it is forgotten, and it runs again, which is no lost race.
    template <class Decision>
    executed execute(std::string_view key, Decision&& decision, const command_context& context = {}) {
        return value_of(try_execute(key, std::forward<Decision>(decision), context));
    }

    /// The same, once for ever: a command that was executed on this aggregate before, by anyone, is not decided again;
    /// its first outcome is returned, with 0 attempts. A command that raised nothing leaves no trace, and decides
    /// again.
    ///
    /// The id is in the header `command-id` of every event. Costs one more look-up.
    template <class Decision>
    executed execute(const command_id& id, std::string_view key, Decision&& decision,
                     const command_context& context = {}) {
        return value_of(try_execute(id, key, std::forward<Decision>(decision), context));
    }

    /// As execute, but gives the last lost race as a value when there were too many.
    template <class Decision>
    result<executed, conflict> try_execute(std::string_view key, Decision&& decision,
                                           const command_context& context = {}) {
        detail::deciding_subject<Aggregate, Decision> target{decision};
        return core_->execute(target, core_->stream(key), nullptr, context);
    }
    template <class Decision>
    result<executed, conflict> try_execute(const command_id& id, std::string_view key, Decision&& decision,
                                           const command_context& context = {}) {
        detail::deciding_subject<Aggregate, Decision> target{decision};
        return core_->execute(target, core_->stream(key), &id, context);
    }

    // States. Each gives nothing when the stream did not exist at the point asked for.

    /// Returns the aggregate as it is now: with all that was appended before the call, by anybody. Costs a look-up and
    /// a point read an event; of a stream that is resident, a look-up, a copy, and a read of what is new.
    loaded<Aggregate> load(std::string_view key) {
        detail::typed_subject<Aggregate> target;
        const auto end = core_->load(target, core_->stream(key));
        return made_of(target, end, core_->only(end.position));
    }

    /// Whether the stream has an event.
    bool exists(std::string_view key) { return core_->store().head(core_->stream(key)).has_value(); }

    /// Returns the aggregate after the event of that version; nothing when the stream has not come so far.
    loaded<Aggregate> at_version(std::string_view key, version at) {
        detail::typed_subject<Aggregate> target;
        const auto end = core_->fold(target, core_->stream(key), {.at_most = at});
        cut seen = core_->only(end.position);
        return end.version == at ? made_of(target, end, std::move(seen)) : loaded<Aggregate>{std::move(seen)};
    }

    /// Returns the aggregate as it was at a cut of the store. Throws errc::not_yet when the store has not come so far,
    /// errc::invalid_argument for a cut with another number of partitions.
    loaded<Aggregate> at(std::string_view key, const cut& where) {
        const stream_id stream = core_->stream(key);
        core_->check_cut(where, stream);
        return fold(key, {.up_to = where.at(core_->store().partition_of(stream))}, where);
    }

    /// Returns the aggregate as it was at a moment of the store. The same moment has the same answer for ever. Throws
    /// as event_store::check: errc::other_history for a moment of another store.
    loaded<Aggregate> at(std::string_view key, const moment& then) { return at(key, cut_of(then)); }

    /// Returns the aggregate as it was known at `when`: every event recorded at or before it, in version order. The
    /// same question has the same answer for ever.
    ///
    /// Throws errc::not_yet for a time to come, errc::not_closed when it may still receive events after
    /// `options.wait`.
    loaded<Aggregate> as_of(std::string_view key, recorded_at when, const as_of_options& options = {}) {
        const cut seen = core_->store().cut_at(when, options);
        const offset up_to = seen.at(core_->store().partition_of(core_->stream(key)));
        return fold(key, {.up_to = up_to, .not_after = when}, seen);
    }

    /// Returns the aggregate as it was in truth at `when`, by all that is known now: every event that occurred at or
    /// before it, in (occurred_at, version) order. A late event changes the answer. Reads the whole stream.
    loaded<Aggregate> as_of(std::string_view key, occurred_at when) {
        return fold_by_occurrence(key, when, core_->store().heads());
    }

    /// Returns the aggregate as it was believed at `known` to have been at `when`: the events recorded at or before
    /// `known` of which it was said that they had occurred at or before `when`, in (occurred_at, version) order. The
    /// same question has the same answer for ever. Throws as as_of(recorded_at).
    loaded<Aggregate> as_of(std::string_view key, recorded_at known, occurred_at when,
                            const as_of_options& options = {}) {
        return fold_by_occurrence(key, when, core_->store().cut_at(known, options));
    }

    /// The same, of what was known at a moment.
    loaded<Aggregate> as_of(std::string_view key, const moment& known, occurred_at when) {
        return fold_by_occurrence(key, when, cut_of(known));
    }

    // The way there. A history is read lazily, page by page, and ends with the stream's head as it is now; it may
    // outlive the repository. A snapshot serves its beginning.

    /// Returns every state of the aggregate with the event that made it, oldest first; an empty history when the stream
    /// does not exist.
    leftfold::history<Aggregate> history(std::string_view key) { return walk(key, from_the_start(), {}); }
    /// The same up to a cut, whatever was appended since. Throws as at(cut).
    leftfold::history<Aggregate> history(std::string_view key, const cut& where) {
        const stream_id stream = core_->stream(key);
        core_->check_cut(where, stream);
        return walk(key, from_the_start(), bounds_of(stream, where));
    }

    /// The same up to a moment. Throws as at(moment).
    leftfold::history<Aggregate> history(std::string_view key, const moment& then) {
        return history(key, cut_of(then));
    }

    /// Returns the part of the history that comes after a version; the state begins as it was at that version.
    leftfold::history<Aggregate> since(std::string_view key, version after) {
        return walk(key, {.at_most = after}, {});
    }
    /// The part that was recorded after a time, however early it had occurred. Throws as as_of(recorded_at).
    leftfold::history<Aggregate> since(std::string_view key, recorded_at after, const as_of_options& options = {}) {
        return since(key, core_->store().cut_at(after, options));
    }
    /// The part beyond a cut. Throws as at(cut).
    leftfold::history<Aggregate> since(std::string_view key, const cut& seen) {
        const stream_id stream = core_->stream(key);
        core_->check_cut(seen, stream);
        return walk(key, bounds_of(stream, seen), {});
    }

    /// The part beyond a moment. Throws as at(moment).
    leftfold::history<Aggregate> since(std::string_view key, const moment& then) { return since(key, cut_of(then)); }

    /// Folds the events of every stream that has snapshots of this code, or of a sample of them, and compares each
    /// snapshot with the state at its version. Finds damage, and an `apply` whose meaning changed without a new
    /// `revision`. Changes nothing. Costs a scan of the log's envelopes and the folds.
    snapshot_report verify_snapshots(const snapshot_check_options& options = {}) {
        detail::typed_subject<Aggregate> folded;
        return core_->verify_snapshots(folded, options);
    }

    /// Returns what was done with snapshots since the repository was made.
    snapshot_counts snapshots() const { return core_->counts(); }

    /// Returns what residents did since the repository was made, and what they take now.
    resident_counts residents() const { return core_->resident_states(); }

private:
    static repository_options with_own_events(repository_options options) {
        add_events(options.events, detail::events_of<Aggregate>{});
        return options;
    }
    template <class... Events>
    static void add_events(event_registry& registry, detail::event_list<Events...>) {
        registry.add<Events...>();
    }

    const cut& cut_of(const moment& then) {
        core_->store().check(then);
        return then.cut();
    }

    static detail::fold_bounds from_the_start() { return {.at_most = version{}}; }
    detail::fold_bounds bounds_of(const stream_id& stream, const cut& where) {
        return {.up_to = where.at(core_->store().partition_of(stream))};
    }
    leftfold::history<Aggregate> walk(std::string_view key, const detail::fold_bounds& start,
                                      const detail::fold_bounds& bounds) {
        return leftfold::history<Aggregate>{
            std::make_unique<detail::stream_walk>(core_, core_->stream(key), start, bounds)};
    }

    executed value_of(result<executed, conflict> outcome) const {
        if (!outcome) core_->throw_exhausted(outcome.error());
        return *outcome;
    }

    loaded<Aggregate> fold(std::string_view key, const detail::fold_bounds& bounds, cut seen) {
        detail::typed_subject<Aggregate> target;
        const auto end = core_->fold(target, core_->stream(key), bounds);
        return made_of(target, end, std::move(seen));
    }
    loaded<Aggregate> fold_by_occurrence(std::string_view key, occurred_at when, cut seen) {
        detail::typed_subject<Aggregate> target;
        const stream_id stream = core_->stream(key);
        const offset up_to = seen.at(core_->store().partition_of(stream));
        return made_of(target, core_->fold_by_occurrence(target, stream, when, up_to), std::move(seen));
    }
    static loaded<Aggregate> made_of(detail::typed_subject<Aggregate>& target, const detail::fold_end& end, cut seen) {
        if (end.version == version{}) return loaded<Aggregate>{std::move(seen)};
        return {target.take(end.version), end.position, std::move(seen)};
    }

    std::shared_ptr<detail::repository_core> core_;
};

}  // namespace leftfold::inline v0
