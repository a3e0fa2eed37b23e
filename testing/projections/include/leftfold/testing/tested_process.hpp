#pragma once
// A language for tests of processes. It knows no test library: every check returns an empty string, or what differs.

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "leftfold/testing/detail/process_script.hpp"
#include "leftfold/testing/given.hpp"
#include "leftfold/testing/happenings.hpp"

namespace leftfold::inline v0::testing {

/// Lets time pass: `when(time_passes(31s))`. The same as after(), as it reads in a test of a process. Counts from when
/// the last event was recorded, so that after `time_passes(30s)` a deadline 30 s after that event has been reached.
inline happenings time_passes(std::chrono::microseconds time) { return after(time); }

/// A command that is to be sent, to an aggregate that is to refuse it with a text that contains `why`.
/// Throws errc::invalid_name for what names no stream.
detail::expected_command refused(std::string_view stream, std::string why = {});

/// A command that is to be sent, to an aggregate that raises nothing. Such a command leaves no trace in the log, so
/// whose it was is not known.
detail::expected_command raised_nothing();

/// A deadline of an instance: due so long after the event that set it was recorded, with that message. Its name is the
/// message's durable type, unless another is given.
template <class Message>
detail::expected_deadline deadline(std::string key, std::chrono::microseconds after, const Message& message,
                                   std::string name = std::string{Message::event_type}) {
    return {std::move(key), std::move(name), after, detail::message_of(message)};
}
/// The same at a time.
template <class Message>
detail::expected_deadline deadline(std::string key, instant due, const Message& message,
                                   std::string name = std::string{Message::event_type}) {
    return {std::move(key), std::move(name), due, detail::message_of(message)};
}

/// A deadline of an instance that is to be taken back, by its message or by its name.
template <class Message>
detail::cancelled_deadline cancelled(std::string key) {
    return {std::move(key), std::string{Message::event_type}};
}
inline detail::cancelled_deadline cancelled(std::string key, std::string name) {
    return {std::move(key), std::move(name)};
}

/// A process in a test: made by tested_process, given what happens by the functions of the first kind, looked at by
/// those of the second, which tell of all that followed since the first when().
///
/// Each check returns "" when it holds, else a few lines that say what was expected and what was found, so that any
/// test library's equality will do. A process that stopped, or that never comes to rest, meets no expectation but
/// then_stops(). Copies are the same test. One thread at a time.
template <class Process>
class process_scenario {
public:
    /// What tested_process calls.
    explicit process_scenario(std::shared_ptr<detail::process_script> script) : script_(std::move(script)) {}

    // What happens. After each event, and after each deadline that is reached, the process does all that it has to do.

    /// These events happen, and this time passes. Deadlines that are due on the way are reached on the way, each at its
    /// time.
    template <std::same_as<happenings>... Happened>
    process_scenario& when(const Happened&... happened) {
        script_->mark();
        (script_->happen(happened), ...);
        return *this;
    }
    /// Time passes until the next deadline that waits is due, and it is reached. When none waits, no check holds.
    process_scenario& when_deadline_is_due() {
        script_->mark();
        script_->reach_deadline();
        return *this;
    }
    /// The program ends and starts again: what the instances know is noted anew from the log.
    process_scenario& when_restarted() {
        script_->mark();
        script_->restart();
        return *this;
    }

    // What has to have followed

    /// Exactly these commands were sent, in this order: `on("driver-anna", offered{"r1"})` is one that raised this;
    /// refused() and raised_nothing() are the others. What their events led this process to is part of what followed.
    template <class... Commands>
    std::string then_commands(const Commands&... expected) const {
        return script_->compare_commands({detail::expected_command(expected)...});
    }
    /// No command was sent, and no deadline set or taken back.
    std::string then_nothing() const { return script_->compare_nothing(); }
    /// Exactly these deadlines were set, in this order.
    template <std::same_as<detail::expected_deadline>... Deadlines>
    std::string then_scheduled(const Deadlines&... expected) const {
        return script_->compare_scheduled({expected...});
    }
    /// Exactly these were taken back, in this order, those of an instance that is finished included. One that is
    /// replaced by another of its name is not.
    template <std::same_as<detail::cancelled_deadline>... Deadlines>
    std::string then_cancelled(const Deadlines&... expected) const {
        return script_->compare_cancelled({expected...});
    }
    /// Exactly these wait now, whenever they were set, in the order in which they are due.
    template <std::same_as<detail::expected_deadline>... Deadlines>
    std::string then_waiting(const Deadlines&... expected) const {
        return script_->compare_waiting({expected...});
    }

    /// `look` at the instance of that key gives `expected`: a member function, a member, or a function of the process.
    template <class Look, class Expected>
    std::string then_instance(std::string_view key, Look&& look, const Expected& expected) const {
        const auto instance = find(key);
        if (!instance) return script_->told("there is no instance " + std::string(key));
        const auto& found = std::invoke(look, *instance);
        if (found == expected) return script_->told({});
        return script_->told("expected instance " + std::string(key) + " to give " + detail::show(expected) +
                             ", but it gives " + detail::show(found));
    }
    /// There is no instance of that key: it never was, or it is finished.
    std::string then_no_instance(std::string_view key) const {
        return script_->told(find(key) ? "there is an instance " + std::string(key) : std::string());
    }

    /// The process stops, and the text of its failure contains `why`.
    std::string then_stops(std::string_view why = {}) const { return script_->compare_stop(why); }

private:
    std::optional<Process> find(std::string_view key) const {
        return static_cast<const detail::program_of<Process>&>(script_->program()).find(key);
    }

    std::shared_ptr<detail::process_script> script_;
};

/// A process to be tested, and the aggregates that it sends commands to. One serves any number of tests.
///
///     using leftfold::testing::on, leftfold::testing::tested_process, leftfold::testing::time_passes;
///     const tested_process<dispatch, ride, driver> dispatching;
///     EXPECT_EQ(dispatching.given(on("ride-r1", requested{"anna"}))
///                   .when(time_passes(30s))
///                   .then_commands(on("ride-r1", given_up{"anna does not answer"})),
///               "");
///
/// Each given() or when() begins a test of its own. The process runs in the real engine, on the caller's thread, over a
/// store in memory whose clock starts at 2026-01-01 and stands still unless time passes, and whose ids are the same in
/// every run. Commands are executed, on aggregates that have what the events say; what they raise is in the log, as in
/// a program, and so it is what the next event meets. So of the events that the process itself brings about, none is
/// given. Nothing is tried again: the first failure stops the process.
///
/// Throws what the store throws: an event is over a limit.
template <class Process, class... Aggregates>
class tested_process {
public:
    /// The options are the process's own: its limits, and renamed and upcast events. `start` and `retries` do not
    /// count.
    explicit tested_process(process_options options = {}) : options_(std::move(options)) {}

    /// Begins a test: these events have happened, this time has passed, and the process has done its part.
    template <std::same_as<happenings>... Happened>
    process_scenario<Process> given(const Happened&... happened) const {
        auto script = std::make_shared<detail::process_script>(
            Process::process_name, [options = options_](projection_engine& engine, const event_store& store) {
                return std::make_unique<detail::program_with<Process, Aggregates...>>(engine, store, options);
            });
        (script->happen(happened), ...);
        return process_scenario<Process>(std::move(script));
    }
    /// Begins a test in which nothing has happened before.
    template <std::same_as<happenings>... Happened>
    process_scenario<Process> when(const Happened&... happened) const {
        return given().when(happened...);
    }

private:
    process_options options_;
};

}  // namespace leftfold::inline v0::testing
