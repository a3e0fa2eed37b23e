#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "leftfold/projections/process_events.hpp"
#include "leftfold/projections/running_process.hpp"
#include "leftfold/storage/event_store.hpp"

namespace leftfold::inline v0 {

/// What the log says of one instance of a process: what the process wrote about it, which is what nobody could derive
/// again. Not what its class has noted, which is folded anew when the program starts and stored nowhere.
struct process_instance {
    std::string key;
    /// How often deadlines of it were set or cancelled, were reached, and its commands were refused.
    std::size_t decisions = 0;
    std::size_t deadlines_reached = 0;
    std::size_t refusals = 0;
    /// When the last of these was recorded.
    recorded_at last{};
    /// The last refusal.
    std::optional<command_refused> refused{};
    /// The deadlines that wait, in the order in which they are due.
    std::vector<waiting_deadline> waiting{};
};

/// A process as its store knows it.
struct process_report {
    std::string name;
    /// Where it began: beyond this cut, with what was recorded from that time on.
    cut began_after;
    recorded_at since = recorded_at::min();
    /// Its checkpoint: all that events up to here lead to is done. Nothing when there is none, and `not_reached` says
    /// why when there was one of another history; then the process goes through its events again, and does nothing
    /// twice.
    std::optional<cut> reached{};
    std::string not_reached;
    /// Events of the store beyond the checkpoint, and how old the oldest of them is. A process saves its checkpoint
    /// after events that concerned it, so that these may be events which it has long passed over; projection_status of
    /// the program that runs it knows better.
    std::size_t events_behind = 0;
    std::chrono::microseconds time_behind{};
    /// Who paused it and when, if it is paused (docs/operating.md). What its program does is another matter.
    std::string paused_by{};
    std::optional<recorded_at> paused_at{};
    /// How many instances it wrote about, and how many deadlines of all of them wait.
    std::size_t instances_in_all = 0;
    std::size_t deadlines_waiting = 0;
    /// The instances that were asked for, in the order of their keys.
    std::vector<process_instance> instances{};
};

/// Which processes and instances are looked at.
struct processes_in_options {
    /// One process, by its name; else all.
    std::string process{};
    /// One instance, by its key; else all.
    std::string key{};
    /// The most instances of a process that are told of. All are counted.
    std::size_t instances_max = 1'000;
};

/// Says what a store knows of its processes, by name, beside the program that runs them or without it: where each
/// began, how far it has come, and per instance which deadlines wait, with their messages. An instance of which nothing
/// was ever written (no deadline, no refusal) is not known.
///
/// Knows no types. Reads what the processes wrote, up to the store's head, and holds the deadlines of all of them in
/// memory. Costs a scan of the log's envelopes. Throws errc::not_found for a process of that name which never began,
/// and what reading throws.
std::vector<process_report> processes_in(event_store& store, const processes_in_options& options = {});

}  // namespace leftfold::inline v0
