#include <algorithm>

#include "store_core.hpp"

namespace leftfold::inline v0 {

cut store_core::heads() {
    check_open();
    if (owner()) return grown->heads();
    cut found(parts.partitions);
    for (std::uint32_t p = 0; p != parts.partitions; ++p)
        found.set(partition_id(p), parts.log->head(partition_id(p)).at);
    return found;
}

recorded_at store_core::closed() {
    check_open();
    if (owner()) return clock->closed();
    const auto page = parts.bulletin->read();
    return page ? page->closed : recorded_at::from_micros(0);
}

cut store_core::closed_cut() {
    const auto until = closed();
    if (!owner()) return cut_of(until);
    cut found(parts.partitions);
    const auto known = grown->heads_at(until);
    for (std::uint32_t p = 0; p != parts.partitions; ++p)
        found.set(partition_id(p), known[p] ? *known[p] : offset_at(partition_id(p), until));
    return found;
}

/// Binary search over the offsets, which carry rising times: about log2(n) point reads of an envelope.
offset store_core::offset_at(partition_id partition, recorded_at when) {
    check_open();
    check_partition(partition);
    const auto head = parts.log->head(partition);
    if (head.recorded <= when) return head.at;
    auto low = offset{};  // 0 stands for "before all", which is always recorded at or before
    auto high = head.at;  // the first offset known to be recorded after
    while (low.next() < high) {
        const offset middle(low.value() + (high.value() - low.value()) / 2);
        recorded_at recorded;
        parts.log->read_at(partition, std::span(&middle, 1), payloads::skip, [&](const event_view& event) {
            recorded = event.recorded;
            return true;
        });
        (recorded <= when ? low : high) = middle;
    }
    return low;
}

cut store_core::cut_of(recorded_at when) {
    cut found(parts.partitions);
    for (std::uint32_t p = 0; p != parts.partitions; ++p) found.set(partition_id(p), offset_at(partition_id(p), when));
    return found;
}

bool store_core::wait_until_closed(recorded_at when, std::chrono::milliseconds at_most) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    if (owner()) {
        raise_bound();  // an idle store's bound lags behind the wall clock, and closed() never passes it
        return grown->until(deadline, [&] { return clock->close(when) >= when; });
    }
    auto page = parts.bulletin->read();
    if (page && page->closed >= when) return true;
    parts.bulletin->ask(when);
    for (;;) {
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left.count() <= 0) return false;
        parts.bulletin->wait(page ? page->sequence : 0, std::chrono::duration_cast<std::chrono::microseconds>(left));
        page = parts.bulletin->read();
        if (page && page->closed >= when) return true;
    }
}

cut store_core::cut_at(recorded_at when, as_of_options options) {
    check_open();
    if (closed() < when) {
        // Only a time that lies ahead of both clocks has not come: the store's may be ahead of the wall's.
        if (when.micros() > world.clock->wall_us())
            throw error(errc::not_yet, "asking for the state as of " + to_rfc3339(when.time()) +
                                           ", which is after now, " +
                                           to_rfc3339(recorded_at::from_micros(world.clock->wall_us()).time()));
        if (!wait_until_closed(when, options.wait.value_or(limits.as_of_wait)))
            throw error(errc::not_closed, "asking for the state as of " + to_rfc3339(when.time()) +
                                              " while only times up to " + to_rfc3339(closed().time()) + " are closed");
    }
    return cut_of(when);
}

void store_core::accept_clock() {
    check_open();
    if (!owner()) throw error(errc::read_only, "accepting the clock of a store that was opened for reading");
    clock->accept();
    raise_bound();
}

}  // namespace leftfold::inline v0
