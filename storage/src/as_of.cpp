#include <algorithm>
#include <limits>

#include "deadline.hpp"
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

closed_state store_core::closed_state() {
    check_open();
    if (owner()) {
        const auto found = clock->state();
        settle(found);
        return found;
    }
    const auto page = parts.bulletin->read();
    return page ? page->closed : leftfold::closed_state{.until = recorded_at::from_micros(0)};
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

/// Fences name a stretch of at most some hundred events; one range query finds the place in it.
offset store_core::offset_at(partition_id partition, recorded_at when) {
    check_open();
    check_partition(partition);
    auto& fences = *time_fences_[partition.value()];
    if (fences.newest().recorded <= when) {
        const auto head = parts.log->head(partition);
        if (head.recorded <= when) return head.at;
        fences.saw_head({head.at, head.recorded});
    }
    const auto window = fences.around(when, [&](std::span<const offset> offsets, std::vector<recorded_at>& times) {
        parts.log->read_at(partition, offsets, payloads::skip, [&](const event_view& event) {
            times.push_back(event.recorded);
            return true;
        });
    });
    auto found = window.after;
    const page_limits stretch{.events = std::numeric_limits<std::size_t>::max(),
                              .scanned = std::numeric_limits<std::size_t>::max(),
                              .up_to = window.before.plus(-1)};
    if (window.after.next() == window.before) return found;
    parts.log->read(partition, window.after, stretch, {}, payloads::skip, [&](const event_view& event) {
        if (event.recorded > when) return false;
        found = event.at;
        return true;
    });
    return found;
}

cut store_core::cut_of(recorded_at when) {
    cut found(parts.partitions);
    for (std::uint32_t p = 0; p != parts.partitions; ++p) found.set(partition_id(p), offset_at(partition_id(p), when));
    return found;
}

bool store_core::wait_until_closed(recorded_at when, std::chrono::milliseconds at_most) {
    const auto deadline = deadline_after(at_most);
    if (!owner()) return wait_for_owner(when, deadline);
    raise_bound();  // an idle store's bound lags behind the wall clock, and closed() never passes it
    return grown->until(deadline, [&] { return clock->close(when) >= when; });
}

/// Asks the owner to close the time. Asks again, ever more slowly: another reader may have written over the question,
/// and an owner that has just begun does not know of it.
bool store_core::wait_for_owner(recorded_at when, std::chrono::steady_clock::time_point deadline) {
    using std::chrono::microseconds;
    constexpr std::chrono::milliseconds longest_pause{128};
    std::chrono::milliseconds pause{1};
    auto ask_next = std::chrono::steady_clock::now();
    for (;;) {
        const auto page = parts.bulletin->read();
        if (page && page->closed.until >= when) return true;
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline || closed_) return false;
        if (now >= ask_next) {
            parts.bulletin->ask(when);
            ask_next = now + pause;
            pause = std::min(pause * 2, longest_pause);
        }
        parts.bulletin->wait(page ? page->sequence : 0,
                             std::chrono::ceil<microseconds>(std::min(deadline, ask_next) - now));
    }
}

seal_report store_core::seal(recorded_at at_least) {
    check_open();
    if (owner()) return {seal_status::owned, "this handle owns the store"};
    return parts.bulletin->seal(at_least);
}

/// Returns once `when` is closed: by the owner or, where there is none, by this process. Else throws errc::not_closed.
void store_core::close_or_refuse(recorded_at when, std::chrono::milliseconds at_most) {
    if (wait_until_closed(when, at_most)) return;
    std::string why;
    if (!owner()) {
        why = seal(when).detail;
        if (closed() >= when) return;  // by the seal, or by an owner that has come in the meantime
    }
    const auto found = closed_state();
    if (found.held_by)
        why = "partition " + std::to_string(found.held_by->value()) + " has a commit whose outcome is unknown";
    throw error(errc::not_closed, "asking for the state as of " + to_rfc3339(when.time()) + " while only times up to " +
                                      to_rfc3339(found.until.time()) + " are closed" + (why.empty() ? "" : ": " + why));
}

cut store_core::cut_at(recorded_at when, as_of_options options) {
    check_open();
    if (closed() < when) {
        // Only a time that lies ahead of both clocks has not come: the store's may be ahead of the wall's.
        if (when.micros() > world.clock->wall_us())
            throw error(errc::not_yet, "asking for the state as of " + to_rfc3339(when.time()) +
                                           ", which is after now, " +
                                           to_rfc3339(recorded_at::from_micros(world.clock->wall_us()).time()));
        close_or_refuse(when, options.wait.value_or(limits.as_of_wait));
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
