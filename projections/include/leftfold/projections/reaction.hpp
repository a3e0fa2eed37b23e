#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/command_context.hpp"
#include "leftfold/framework/event_list.hpp"
#include "leftfold/framework/executed.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/recorded.hpp"
#include "leftfold/storage/time.hpp"
#include "leftfold/storage/unique_function.hpp"

namespace leftfold::inline v0 {

/// Names the messages that a process sends to itself by reaction::schedule().
template <class... Messages>
struct deadlines {};

namespace detail {

// Never defined: its name is the message.
template <class Process, class Message>
struct process_does_not_list_among_its_deadlines_the_message_that_it_schedules;
template <class Message>
struct a_deadline_message_is_stored_as_JSON_and_has_no_codec_of_its_own;

template <class T, class Message>
struct lists_deadline : std::false_type {};
template <class... Messages, class Message>
struct lists_deadline<deadlines<Messages...>, Message>
    : std::bool_constant<(std::is_same_v<Messages, Message> || ...)> {};

template <class Process>
struct deadlines_of {
    using type = deadlines<>;
};
template <class Process>
requires requires { typename Process::deadlines; }
struct deadlines_of<Process> {
    using type = typename Process::deadlines;
};

/// A command that a reaction asked for.
struct asked_command {
    std::type_index aggregate;
    std::string category;
    std::string key;
    /// Executes it on a repository of that aggregate. Returns what the aggregate itself threw, if it did; throws what
    /// else failed.
    unique_function<std::exception_ptr(void*, const command_id&, const command_context&)> execute;
};

/// A deadline that it asked for.
struct asked_deadline {
    std::string name;
    leftfold::recorded_at due;
    std::string type;
    std::string message;
};

/// What a reaction of one instance asked for, without its type.
class reaction_core {
public:
    reaction_core(std::string key, const recorded& at) : key_(std::move(key)), at_(at) {}

    void ask(asked_command command) { commands_.push_back(std::move(command)); }
    void ask(asked_deadline deadline);
    void cancel(std::string name);

    const std::string& key() const { return key_; }
    const recorded& at() const { return at_; }
    /// Returns the time so long after the event's, or the last that there is.
    instant time_after(std::chrono::microseconds wait) const;
    std::vector<asked_command>& commands() { return commands_; }
    const std::vector<asked_deadline>& set() const { return set_; }
    const std::vector<std::string>& cancelled() const { return cancelled_; }

private:
    std::string key_;
    const recorded& at_;
    std::vector<asked_command> commands_;
    std::vector<asked_deadline> set_;
    std::vector<std::string> cancelled_;
};

/// Executes, and tells what the decision threw from what failed around it.
template <class Aggregate, class Decision>
std::exception_ptr execute_or_refuse(repository<Aggregate>& on, const command_id& id, const std::string& key,
                                     Decision& decision, const command_context& context) {
    std::exception_ptr thrown;
    const auto watched = [&](Aggregate& target) {
        try {
            decide_on(target, decision);
        } catch (...) {
            thrown = std::current_exception();
            throw;
        }
    };
    try {
        on.execute(id, key, watched, context);
    } catch (...) {
        // Another one than the decision's, or than its last: a state that was overtaken is decided on anew.
        if (std::current_exception() != thrown) throw;
        return thrown;
    }
    return nullptr;
}

}  // namespace detail

/// What a process asks for when it reacts to an event: commands and deadlines. Nothing happens inside these calls: all
/// of it is carried out when `react` has returned, and none of it when `react` throws.
///
///     void react(const ride_requested& e, reaction& then) const {
///         then.execute<driver>(e.nearest, [ride = then.key()](driver& d) { d.offer(ride); });
///         then.schedule(30s, no_answer{});
///     }
///
/// Valid during the call of `react` only.
template <class Process>
class reaction {
public:
    /// What the engine calls.
    explicit reaction(detail::reaction_core& core) : core_(core) {}

    /// Returns the key of this instance: what `correlate` gave.
    const std::string& key() const { return core_.key(); }
    /// Says where the event stands, whose it is and when it was recorded.
    const recorded& at() const { return core_.at(); }

    /// Asks for a command: `decision` is what repository::execute() takes. It is kept until after `react`, and may run
    /// more than once when others append meanwhile, so it captures by value.
    ///
    /// Commands are executed in the order in which they are asked for, each once for ever, under an id made of the
    /// process, the event and the command's number. The engine must have been given a repository of Aggregate.
    template <class Aggregate, class Decision>
    void execute(std::string key, Decision decision) {
        core_.ask(detail::asked_command{typeid(Aggregate), std::string{Aggregate::category}, key,
                                        [key, decision = std::move(decision)](void* on, const command_id& id,
                                                                              const command_context& context) mutable {
                                            return detail::execute_or_refuse(*static_cast<repository<Aggregate>*>(on),
                                                                             id, key, decision, context);
                                        }});
    }

    /// Sends this instance a message when so much time has passed since the event was recorded: at once, if that is
    /// over. One deadline of a name waits at a time; scheduling it again replaces it. Its name is the message's durable
    /// type, unless another is given.
    template <class Message>
    void schedule(std::chrono::microseconds after, const Message& message,
                  std::string name = std::string{Message::event_type}) {
        schedule(core_.time_after(after), message, std::move(name));
    }
    /// The same at a time.
    template <class Message>
    void schedule(instant at, const Message& message, std::string name = std::string{Message::event_type}) {
        if constexpr (!detail::lists_deadline<typename detail::deadlines_of<Process>::type, Message>::value)
            (void)sizeof(
                detail::process_does_not_list_among_its_deadlines_the_message_that_it_schedules<Process, Message>);
        if constexpr (codec<Message>::content_type != default_content_type)
            (void)sizeof(detail::a_deadline_message_is_stored_as_JSON_and_has_no_codec_of_its_own<Message>);
        detail::asked_deadline made{std::move(name), recorded_at{at}, std::string{Message::event_type}, {}};
        codec<Message>::encode(message, made.message);
        core_.ask(std::move(made));
    }

    /// Takes a deadline back, also one that was asked for in this call. Does nothing when none of that name waits.
    void cancel(std::string name) { core_.cancel(std::move(name)); }
    template <class Message>
    void cancel() {
        core_.cancel(std::string{Message::event_type});
    }

private:
    detail::reaction_core& core_;
};

}  // namespace leftfold::inline v0
