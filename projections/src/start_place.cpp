#include "start_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <type_traits>

#include "continuity.hpp"
#include "leftfold/storage/error.hpp"
#include "time_after.hpp"

namespace leftfold::inline v0::detail {

namespace {

start_place earliest(const event_store& store) { return {.after = cut(store.partitions())}; }

start_place from_time(recorded_at since, event_store& store) {
    if (since == recorded_at::min()) return earliest(store);
    const auto before = recorded_at::from_micros(since.micros() - 1);
    return {.after = store.cut_at(before), .since = since, .through = before};
}

start_place latest(event_store& store) { return from_time(time_after(store.closed()), store); }

recorded_at time_at(position where, event_store& store) {
    auto found = recorded_at::min();
    store.read_at(where.partition, std::span(&where.at, 1), payloads::skip, [&](const event_view& event) {
        found = event.recorded;
        return true;
    });
    return found;
}

/// Finds each kind of place that a start can name.
class finder {
public:
    finder(const start_at& wanted, event_store& store) : wanted_(wanted), store_(store) {}

    start_place operator()(start_at::first) const { return earliest(store_); }
    start_place operator()(start_at::end) const { return latest(store_); }

    start_place operator()(const cut& where) const {
        if (where.partitions() != store_.partitions())
            throw error(errc::invalid_argument,
                        fmt::format("starting after the cut {}: it has {} partitions, and the store {}",
                                    to_string(where), where.partitions(), store_.partitions()));
        start_place found{.after = where};
        const auto heads = store_.heads();
        if (!heads.covers(where)) {
            found.instead_of = missing(errc::not_found, fmt::format("starting after the cut {}: the store ends at {}",
                                                                    to_string(where), to_string(heads)));
            for (std::uint32_t p = 0; p != store_.partitions(); ++p)
                found.after.set(partition_id(p), std::min(where.at(partition_id(p)), heads.at(partition_id(p))));
        }
        for (std::uint32_t p = 0; p != store_.partitions(); ++p) {
            const position last{partition_id(p), found.after.at(partition_id(p))};
            if (last.at == offset{}) continue;
            found.since = std::max(found.since, time_after(time_at(last, store_)));
        }
        return found;
    }

    start_place operator()(position first) const {
        if (first.partition.value() >= store_.partitions())
            throw error(errc::invalid_argument, fmt::format("starting at event {}: the store has {} partitions",
                                                            to_string(first), store_.partitions()));
        const auto head = store_.heads().at(first.partition);
        if (first.at >= offset{1} && first.at <= head) return from_time(time_at(first, store_), store_);
        auto missed = missing(errc::not_found, fmt::format("starting at event {}: the partition has events 1 to {}",
                                                           to_string(first), head.value()));
        auto found = first.at < offset{1} || head == offset{}
                         ? earliest(store_)
                         : from_time(time_after(time_at({first.partition, head}, store_)), store_);
        found.instead_of = std::move(missed);
        return found;
    }

    start_place operator()(recorded_at from) const {
        const auto now = store_.world().clock->wall_us();
        if (from.micros() <= std::max(now, store_.closed().micros())) return from_time(from, store_);
        auto missed = missing(errc::not_yet, fmt::format("starting at {}: it is {}", to_rfc3339(from.time()),
                                                         to_rfc3339(recorded_at::from_micros(now).time())));
        auto found = latest(store_);
        found.instead_of = std::move(missed);
        return found;
    }

    start_place operator()(std::chrono::microseconds back) const {
        if (back.count() < 0)
            throw error(errc::invalid_argument, fmt::format("starting {} us ago: that is to come", back.count()));
        return (*this)(recorded_at::from_micros(store_.world().clock->wall_us() - back.count()));
    }

    /// Throws what is missing, or returns it for a start that takes another place instead.
    std::string missing(errc code, std::string what) const {
        if (!wanted_.takes_nearest()) throw error(code, what);
        return what;
    }

private:
    const start_at& wanted_;
    event_store& store_;
};

}  // namespace

start_place find_start(const start_at& wanted, event_store& store) {
    const finder find(wanted, store);
    if (wanted.store() && *wanted.store() != store.id()) {
        auto found = earliest(store);
        found.instead_of =
            find.missing(errc::not_found, fmt::format("starting at a place of the store {}: this is the store {}",
                                                      to_string(*wanted.store()), to_string(store.id())));
        return found;
    }
    return std::visit(find, wanted.place());
}

start_place find_start(const stored_start& kept, event_store& store) {
    if (kept.since == recorded_at::min()) return earliest(store);
    if (!why_not_continued(stored_model{.shape = {}, .at = kept.at}, {}, store).empty())
        return from_time(kept.since, store);
    return {.after = kept.at.consumed, .since = kept.since};
}

}  // namespace leftfold::inline v0::detail
