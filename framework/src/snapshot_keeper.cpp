#include "snapshot_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "leftfold/storage/observer.hpp"

namespace leftfold::inline v0::detail {

fold_end snapshot_keeper::restore(subject& target, const stream_id& stream, const fold_bounds& bounds) {
    try {
        while (const auto kept = find(stream, bounds)) {
            try {
                target.read_state(kept->state);
                ++used_;
                return {kept->version, kept->position, kept->recorded, kept->chain, kept->version};
            } catch (const codec_error&) {  // right shape, wrong bytes
                target.reset();
                discard(*kept);
            }
        }
    } catch (const error& why) {
        if (why.kind() == errc::store_closed || why.kind() == errc::forked) throw;
        warn(stream, "looking for a snapshot of", why);
        target.reset();
    }
    return {};
}

std::optional<snapshot> snapshot_keeper::find(const stream_id& stream, fold_bounds bounds) {
    for (;;) {
        auto kept = store_.snapshots().find(stream, fingerprint_, bounds.at_most, bounds.not_after);
        if (!kept) return std::nullopt;
        if (!matches_log(*kept))
            discard(*kept);
        else if (kept->position.at <= bounds.up_to)
            return kept;
        bounds.at_most = kept->version.plus(-1);
    }
}

/// A snapshot is of this history only if the event that it ends with stands where it says, with the same chain hash:
/// then all events before it are the same too.
bool snapshot_keeper::matches_log(const snapshot& kept) const {
    if (kept.store != store_.id() || kept.epoch != store_.epoch()) return false;
    if (kept.position.partition != store_.partition_of(kept.stream) || kept.position.at < offset{1}) return false;
    if (store_.head_of(kept.position.partition).at < kept.position.at) return false;
    bool matches = false;
    store_.read_at(kept.position.partition, std::span(&kept.position.at, 1), payloads::skip,
                   [&](const event_view& last) {
                       matches = last.category == kept.stream.category() && last.key == kept.stream.key() &&
                                 last.version == kept.version && last.recorded == kept.recorded &&
                                 last.integrity.chain == kept.chain;
                       return false;
                   });
    return matches;
}

void snapshot_keeper::discard(const snapshot& kept) {
    ++discarded_;
    store_.snapshots().drop(kept.stream, kept.version, kept.version);
}

void snapshot_keeper::disown(const stream_id& stream, version at, const change& found) {
    ++discarded_;
    store_.snapshots().drop(stream, at, at);
    if (const auto& observer = store_.world().observer)
        observer->on_warning(
            fmt::format("the snapshot of {} at version {} is not what its events fold to, {}; it is "
                        "dropped. Has apply() changed without a new revision?",
                        to_string(stream), at.value(), to_string(found)));
}

std::vector<snapshot> snapshot_keeper::all_of(const stream_id& stream) {
    std::vector<snapshot> found;
    version at_most{std::numeric_limits<std::int64_t>::max()};
    while (auto kept = store_.snapshots().find(stream, fingerprint_, at_most, recorded_at::max())) {
        at_most = kept->version.plus(-1);
        found.push_back(std::move(*kept));
    }
    std::reverse(found.begin(), found.end());
    return found;
}

void snapshot_keeper::keep(const subject& folded, const stream_id& stream, const fold_end& end) {
    try {
        snapshot made{.store = store_.id(),
                      .epoch = store_.epoch(),
                      .stream = stream,
                      .version = end.version,
                      .position = end.position,
                      .recorded = end.recorded,
                      .chain = end.chain,
                      .fingerprint = fingerprint_,
                      .state = {}};
        folded.write_state(made.state);
        store_.snapshots().save(made);
        ++kept_;
        thin_out(stream, end.version);
    } catch (const std::exception& why) {
        warn(stream, "keeping a snapshot of", why);
    }
}

/// Drops the last snapshot but one when the newest is within `spacing` of the one before it: what then stays behind the
/// newest is at most `spacing` apart (semantics 23). Between two snapshots of this code there can be others of other
/// code only; they go too. Those of code that runs beside this one stay until this one has made its second.
void snapshot_keeper::thin_out(const stream_id& stream, version newest) {
    auto& kept = store_.snapshots();
    const auto last_before = [&](version at) {
        const auto found = kept.find(stream, fingerprint_, at.plus(-1), recorded_at::max());
        return found ? found->version : version{};
    };
    const auto drop_between = [&](version from, version to) {
        return from.next() < to ? kept.drop(stream, from.next(), to.plus(-1)) : 0;
    };
    const auto before = last_before(newest);
    if (before == version{}) return;
    const auto earlier = last_before(before);
    discarded_ += drop_between(earlier, before) + drop_between(before, newest);
    if (newest <= earlier.plus(policy_.spacing)) kept.drop(stream, before, before);
}

void snapshot_keeper::warn(const stream_id& stream, const char* doing, const std::exception& why) const {
    if (const auto& observer = store_.world().observer)
        observer->on_warning(
            fmt::format("{} {}: {}; its events are folded instead", doing, to_string(stream), why.what()));
}

}  // namespace leftfold::inline v0::detail
