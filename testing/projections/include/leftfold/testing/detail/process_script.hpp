#pragma once
// What a test of a process says and asks, without the process's type.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/testing/happenings.hpp"

namespace leftfold::inline v0::testing::detail {

/// A command that is expected, by what came of it.
class expected_command {
public:
    enum class outcome { raised, refused, nothing };

    explicit expected_command(const happenings& raised);
    expected_command(outcome came, std::string stream, std::string why)
        : came_(came), stream_(std::move(stream)), why_(std::move(why)) {}

    friend class process_script;

private:
    outcome came_ = outcome::raised;
    std::string stream_;
    std::string why_;                  // of a refusal
    std::vector<std::string> events_;  // as they are shown
};

/// A message as it is stored and shown: `rides.no_answer {"driver":"anna"}`.
template <class Message>
std::string message_of(const Message& message) {
    std::string json;
    codec<Message>::encode(message, json);
    return std::string{Message::event_type} + " " + json;
}

/// A deadline that is expected, due after the event that it is set in answer to, or at a time.
struct expected_deadline {
    std::string key;
    std::string name;
    std::variant<std::chrono::microseconds, instant> due;
    std::string message;
};

struct cancelled_deadline {
    std::string key;
    std::string name;
};

/// The process in an engine, with its repositories.
class process_program {
public:
    virtual ~process_program() = default;
    virtual std::vector<waiting_deadline> deadlines() const = 0;
};

template <class Process>
class program_of : public process_program {
public:
    virtual std::optional<Process> find(std::string_view key) const = 0;
};

template <class Process, class... Aggregates>
class program_with final : public program_of<Process> {
public:
    program_with(projection_engine& engine, const event_store& store, process_options options)
        : running_(add(engine, store, std::move(options))) {}

    std::vector<waiting_deadline> deadlines() const override { return running_.deadlines(); }
    std::optional<Process> find(std::string_view key) const override { return running_.find(key); }

private:
    static running_process<Process> add(projection_engine& to, [[maybe_unused]] const event_store& store,
                                        process_options options) {
        options.start = start_at::earliest();
        options.retries.count = 0;
        return to.add_process<Process>(options, repository<Aggregates>(store, {.events = options.events})...);
    }

    running_process<Process> running_;
};

class process_run;

/// A test of a process while it goes on, and what has come of it.
class process_script {
public:
    using adder = std::function<std::unique_ptr<process_program>(projection_engine&, const event_store&)>;

    /// `add` adds the process to an engine.
    process_script(std::string_view process, adder add);
    ~process_script();

    /// What follows from now on is looked at. Only the first call counts.
    void mark();
    void happen(const happenings& what);
    void reach_deadline();
    void restart();

    std::string compare_commands(const std::vector<expected_command>& expected) const;
    std::string compare_nothing() const;
    std::string compare_scheduled(const std::vector<expected_deadline>& expected) const;
    std::string compare_cancelled(const std::vector<cancelled_deadline>& expected) const;
    std::string compare_waiting(const std::vector<expected_deadline>& expected) const;
    std::string compare_stop(std::string_view why) const;
    /// Returns the difference, or why there is none to be told.
    std::string told(std::string difference) const;
    const process_program& program() const;

private:
    std::unique_ptr<process_run> run_;
    bool is_marked_ = false;
    std::string problem_;  // of the test itself
};

}  // namespace leftfold::inline v0::testing::detail
