#pragma once
// What a process writes into the log: what nobody could derive again. One stream an instance, `process.dispatch-ride7`,
// and one of its own, `process-dispatch`.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "leftfold/framework/raw_json.hpp"

namespace leftfold::inline v0 {

/// A process began: the first event of the stream `process-dispatch`. It reacts to nothing that came before.
struct process_begun {
    static constexpr auto event_type = "leftfold.process_begun";
    /// The cut of the store beyond which the process reads, as offsets.
    std::string cut{};
    /// The time from which on it reads, in microseconds; the smallest number: from the first event.
    std::int64_t since{};
};

/// A process was told to pause: it is paused while this is the last event of its stream `process-dispatch`.
struct process_paused {
    static constexpr auto event_type = "leftfold.process_paused";
    /// Who told it.
    std::string by{};
};

/// A process that was paused goes on.
struct process_resumed {
    static constexpr auto event_type = "leftfold.process_resumed";
    std::string by{};
};

/// A deadline that a reaction asked for.
struct deadline_set {
    std::string name{};
    /// When it is due, in microseconds since 1970.
    std::int64_t due{};
    /// Durable name and JSON of the message.
    std::string type{};
    raw_json message{};
};

/// An instance reacted to an event and set or cancelled deadlines. What it reacted to is the event's causation.
struct process_decided {
    static constexpr auto event_type = "leftfold.process_decided";
    /// When the event that it reacted to was recorded, in microseconds: no two events share it.
    std::int64_t trigger{};
    /// Deadlines that were cancelled, then those that were set. One set under a name that is in use replaces that one.
    std::vector<std::string> cancelled{};
    std::vector<deadline_set> set{};
};

/// A deadline was reached. Delivered to its instance in the order of the log, unless it was cancelled before.
struct deadline_due {
    static constexpr auto event_type = "leftfold.deadline_due";
    std::string name{};
    std::int64_t due{};
    /// The trigger of the process_decided that set it.
    std::int64_t trigger{};
    std::string type{};
    raw_json message{};
};

/// An aggregate refused a command of a process: its function threw, and nothing was appended. Delivered to the instance
/// that had sent it, in the order of the log, if its class has an `apply` or a `react` for it.
struct command_refused {
    static constexpr auto event_type = "leftfold.command_refused";
    /// The aggregate: `driver` and `anna`.
    std::string category{};
    std::string key{};
    /// What the aggregate threw.
    std::string why{};
    /// The durable type of the event that was reacted to, and the number of the command in that reaction, from 0.
    std::string reacting_to{};
    std::int64_t number{};
};

BOOST_DESCRIBE_STRUCT(process_begun, (), (cut, since))
BOOST_DESCRIBE_STRUCT(process_paused, (), (by))
BOOST_DESCRIBE_STRUCT(process_resumed, (), (by))
BOOST_DESCRIBE_STRUCT(deadline_set, (), (name, due, type, message))
BOOST_DESCRIBE_STRUCT(process_decided, (), (trigger, cancelled, set))
BOOST_DESCRIBE_STRUCT(deadline_due, (), (name, due, trigger, type, message))
BOOST_DESCRIBE_STRUCT(command_refused, (), (category, key, why, reacting_to, number))

}  // namespace leftfold::inline v0
