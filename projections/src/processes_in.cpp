#include "leftfold/projections/processes_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <span>

#include "deadline_book.hpp"
#include "event_worker.hpp"
#include "leftfold/framework/event_codec.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "process_journal.hpp"

namespace leftfold::inline v0 {

namespace {

using detail::deadline_book;

/// A process while what it wrote is gone through.
struct looked_at {
    process_report report{};
    deadline_book book{};
    std::map<std::string, process_instance, std::less<>> instances{};
};

/// The processes, by the category of what they write.
using by_category = std::map<std::string, looked_at, std::less<>>;

by_category find_processes(event_store& store, const cut& heads, const std::string& named) {
    by_category found;
    const event_filter filter{.categories = {std::string(detail::process_beginnings)},
                              .types = {process_begun::event_type}};
    store.read_all(cut(store.partitions()), heads, filter, payloads::read, [&](const event_view& event) {
        if (!named.empty() && event.key != named) return true;
        const auto begun = decode<process_begun>(event.payload);
        auto& made = found[detail::process_category(event.key)].report;
        made.name = event.key;
        made.began_after = parse_cut(begun.cut);
        made.since = recorded_at::from_micros(begun.since);
        return true;
    });
    return found;
}

/// Takes an event that a process wrote.
void take(looked_at& of, const event_view& event) {
    const std::string key(event.key);
    auto& instance = of.instances[key];
    instance.last = event.recorded;
    if (event.type == process_decided::event_type) {
        ++instance.decisions;
        enter(of.book, key, decode<process_decided>(event.payload), {});
    } else if (event.type == deadline_due::event_type) {
        ++instance.deadlines_reached;
        const auto due = decode<deadline_due>(event.payload);
        of.book.fired({key, due.name, recorded_at::from_micros(due.trigger)});
    } else if (event.type == command_refused::event_type) {
        ++instance.refusals;
        instance.refused = decode<command_refused>(event.payload);
    }
}

/// How old the oldest event beyond a cut is.
std::chrono::microseconds age_beyond(event_store& store, const cut& reached, const cut& heads) {
    auto oldest = recorded_at::max();
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const auto next = reached.at(partition_id(p)).next();
        if (next > heads.at(partition_id(p))) continue;
        store.read_at(partition_id(p), std::span(&next, 1), payloads::skip, [&](const event_view& event) {
            oldest = std::min(oldest, event.recorded);
            return true;
        });
    }
    if (oldest == recorded_at::max()) return {};
    return std::chrono::microseconds(std::max<std::int64_t>(0, store.world().clock->wall_us() - oldest.micros()));
}

void tell_progress(process_report& of, event_store& store, const cut& heads) {
    auto kept = detail::continue_from(store.checkpoints().load(detail::process_consumer(of.name)), store);
    of.not_reached = std::move(kept.why);
    if (kept.at) of.reached = std::move(kept.at->at.consumed);
    auto from = of.reached.value_or(of.began_after);
    if (from.partitions() != store.partitions()) from = cut(store.partitions());  // it came from another store
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const auto beyond = heads.at(partition_id(p)).value() - from.at(partition_id(p)).value();
        of.events_behind += static_cast<std::size_t>(std::max<std::int64_t>(0, beyond));
    }
    of.time_behind = age_beyond(store, from, heads);
}

void tell_pause(process_report& of, event_store& store) {
    auto paused = detail::process_journal(store, of.name).paused();
    if (!paused) return;
    of.paused_by = std::move(paused->by);
    of.paused_at = recorded_at::from_micros(paused->since_us);
}

process_report report_of(looked_at found, const processes_in_options& options) {
    auto report = std::move(found.report);
    report.instances_in_all = found.instances.size();
    for (const auto* each : found.book.due_by(recorded_at::max(), std::numeric_limits<std::size_t>::max())) {
        ++report.deadlines_waiting;
        found.instances[each->id.key].waiting.push_back(
            {each->id.key, each->id.name, each->due.time(), each->type, each->message});
    }
    for (auto& [key, instance] : found.instances) {
        if (!options.key.empty() && key != options.key) continue;
        if (report.instances.size() == options.instances_max) break;
        instance.key = key;
        report.instances.push_back(std::move(instance));
    }
    return report;
}

}  // namespace

std::vector<process_report> processes_in(event_store& store, const processes_in_options& options) {
    const auto heads = store.heads();
    auto found = find_processes(store, heads, options.process);
    if (found.empty() && !options.process.empty())
        throw error(errc::not_found,
                    fmt::format("looking for process {}: none of that name has begun in this store", options.process));
    std::vector<process_report> reports;
    if (found.empty()) return reports;
    event_filter filter{.types = {process_decided::event_type, deadline_due::event_type, command_refused::event_type}};
    for (const auto& [category, each] : found) filter.categories.push_back(category);
    store.read_all(cut(store.partitions()), heads, filter, payloads::read, [&](const event_view& event) {
        take(found.find(event.category)->second, event);
        return true;
    });
    for (auto& [category, each] : found) {
        tell_progress(each.report, store, heads);
        tell_pause(each.report, store);
        reports.push_back(report_of(std::move(each), options));
    }
    return reports;
}

}  // namespace leftfold::inline v0
