#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "leftfold/projections/process_events.hpp"
#include "leftfold/testing/detail/process_script.hpp"
#include "leftfold/testing/store.hpp"

namespace leftfold::inline v0::testing::detail {

/// What came of one command.
struct sent_command {
    std::string stream{};  ///< empty when it raised nothing
    std::vector<std::string> events{};
    std::optional<std::string> refused{};  ///< why
};

/// A deadline that was set: the trigger is when the event was recorded that it answers.
struct set_deadline {
    std::string key;
    leftfold::recorded_at trigger;
    deadline_set what;
};

/// A store, an engine and a process in it, which does all that it has to do after each thing that happens.
///
/// What it does is seen from outside: between any two of its durable steps the log is looked at, and what is new there
/// since the last look is what that step did.
class process_run {
public:
    process_run(std::string_view process, process_script::adder add);

    void happen(const happening& what);
    /// Lets time pass until a deadline is reached. Returns whether one waited.
    bool reach_deadline();
    void restart();
    /// Forgets what has come of it so far.
    void begin_to_look();

    const std::vector<sent_command>& sent() const { return sent_; }
    const std::vector<set_deadline>& set() const { return set_; }
    const std::vector<cancelled_deadline>& cancelled() const { return cancelled_; }
    /// Returns when the event was recorded that a waiting deadline answers.
    recorded_at trigger_of(const waiting_deadline& of) const;
    /// Why nothing can be told: the process stopped, or does not come to rest.
    const std::string& failure() const { return failure_; }
    const process_program& program() const { return *program_; }

private:
    void start();
    void append(const happening& what);
    void pass(std::chrono::microseconds time);
    void settle();
    bool is_due() const;
    void look(std::string_view step);
    void see(const event_view& event, sent_command& by);
    std::string stop_text() const;

    process_script::adder add_;
    std::string process_;
    std::string own_category_;
    mutable testing::store store_;
    cut seen_;
    recorded_at last_;
    std::vector<sent_command> sent_;
    std::vector<set_deadline> set_;
    std::vector<set_deadline> ever_set_;
    std::vector<cancelled_deadline> cancelled_;
    std::string failure_;
    // The program is in the engine, and goes first.
    std::unique_ptr<projection_engine> engine_;
    std::unique_ptr<process_program> program_;
};

/// An event as tests of processes show it: `rides.offered {"ride":"r1"}`.
std::string show_event(std::string_view type, const headers_view& metadata, std::string_view payload);

}  // namespace leftfold::inline v0::testing::detail
