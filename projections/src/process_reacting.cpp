// What a process does about one event.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "leftfold/framework/codec.hpp"
#include "leftfold/storage/error.hpp"
#include "process_round.hpp"
#include "process_runner.hpp"
#include "thrown_text.hpp"

namespace leftfold::inline v0::detail {

process_base& process_runner::round::instance(const std::string& key) {
    const auto known = std::find_if(all_.begin(), all_.end(), [&](const touched& each) { return each.key == key; });
    if (known != all_.end()) {
        current_ = &*known;
    } else {
        check_stream_key(key);
        const auto found = by_.instances_.find(key);
        if (found == by_.instances_.end() && by_.instances_.size() >= by_.options_.instances_max)
            throw error(errc::invalid_argument, fmt::format("making instance {} of process {}: it has {} that are "
                                                            "not finished, its process_options::instances_max",
                                                            key, by_.name(), by_.instances_.size()));
        auto state = found != by_.instances_.end() ? by_.type_.copy(*found->second) : by_.type_.make();
        current_ = &all_.emplace_back(touched{key, std::move(state), reaction_core(key, at_)});
    }
    return *current_->state;
}

/// Does all that an event leads to; or, when it was reacted to before, only lets its instances take note.
bool process_runner::act(const event_view& event) {
    at_.assign(event);
    round now(*this, at_, !noted_.covers(event.position()));
    if (event.type == deadline_due::event_type || event.type == command_refused::event_type) {
        if (event.category != journal_.category()) return false;  // another process's
        if (event.type == command_refused::event_type) {
            deliver(now, event.type, event.payload);
        } else {
            const auto due = decode<deadline_due>(event.payload);
            now.met = deadline_id{at_.key(), due.name, recorded_at::from_micros(due.trigger)};
            if (book_.is_delivered(*now.met, event.recorded)) deliver(now, due.type, due.message.text);
        }
    } else {
        deliver(now, event.type, event.payload);
    }
    for (auto& each : now.all()) each.is_over = type_.is_finished(*each.state);
    const bool leads_to_something = !now.all().empty() || now.met;
    if (now.is_live()) carry_out(now, event);
    keep(now);
    return leads_to_something;
}

void process_runner::deliver(round& to, std::string_view type, std::string_view payload) const {
    const bool is_own = at_.category() == journal_.category();
    const auto handlers = is_own ? type_.messages : type_.events;
    bool is_dropped = true;  // by an upcaster that makes nothing of it
    bool known = false;
    options_.events.translate(type, payload, [&](std::string_view name, std::string_view bytes) {
        is_dropped = false;
        for (const auto& handler : handlers) {
            if (handler.type != name) continue;
            handler.deliver(bytes, at_, to);
            known = true;
        }
    });
    if (is_own && !known && !is_dropped)
        throw error(errc::unknown_event_type,
                    fmt::format("sending process {} its message {} again: it has no handler for it", name(), type));
}

void process_runner::carry_out(round& of, const event_view& trigger) {
    std::size_t commands = 0;
    for (auto& each : of.all()) commands += each.asked.commands().size();
    if (commands > options_.commands_max)
        throw error(errc::invalid_argument,
                    fmt::format("reacting to {}: it leads to {} commands, and "
                                "process_options::commands_max is {}",
                                to_string(trigger.position()), commands, options_.commands_max));
    point("an event is decided on");
    decide(of, trigger);
    execute(of, trigger);
}

void process_runner::decide(round& of, const event_view& trigger) {
    for (auto& each : of.all()) {
        process_decided made{.trigger = trigger.recorded.micros()};
        auto cancelled = each.is_over ? book_.names(each.key, trigger.recorded) : each.asked.cancelled();
        for (auto& name : cancelled) {
            const bool is_met = of.met && of.met->key == each.key && of.met->name == name;
            if (!is_met && book_.has(each.key, name, trigger.recorded)) made.cancelled.push_back(std::move(name));
        }
        if (!each.is_over)
            for (const auto& set : each.asked.set())
                made.set.push_back({set.name, set.due.micros(), set.type, {set.message}});
        if (made.cancelled.empty() && made.set.empty()) continue;
        std::set<std::string> names(made.cancelled.begin(), made.cancelled.end());
        for (const auto& set : made.set) names.insert(set.name);
        const auto others = book_.waiting_beside(each.key, names);
        if (others + made.set.size() > options_.deadlines_max)
            throw error(errc::invalid_argument, fmt::format("setting a deadline of {}: {} wait, and "
                                                            "process_options::deadlines_max is {}",
                                                            each.key, others, options_.deadlines_max));
        const bool is_new = journal_.decide(trigger, each.key, made);
        point("deadlines are written");
        if (!is_new) continue;
        const std::unique_lock lock(mutex_);
        enter(book_, each.key, made, caused_by(trigger));
    }
}

void process_runner::execute(round& of, const event_view& trigger) {
    // What may have been done before is looked up. Of a later event, nothing was.
    const bool may_repeat = tries_again() || seen_.covers(trigger.position());
    const auto context = caused_by(trigger);
    std::int64_t number = 0;
    for (auto& each : of.all()) {
        for (auto& command : each.asked.commands()) {
            const auto n = number++;
            const auto target = targets_.find(command.aggregate);
            if (target == targets_.end())
                throw error(errc::invalid_argument,
                            fmt::format("sending {}-{} a command: process {} was added without the repository of {}",
                                        command.category, command.key, name(), command.category));
            if (may_repeat && journal_.was_refused(trigger, each.key, n)) continue;
            const auto refused = command.execute(target->second.get(), journal_.command(trigger, n), context);
            point("a command is executed");
            if (!refused) continue;
            const auto why = thrown_text(refused);
            const auto takes = std::any_of(type_.messages.begin(), type_.messages.end(), [](const auto& handler) {
                return handler.type == command_refused::event_type;
            });
            if (!takes)
                throw std::runtime_error(
                    fmt::format("{}-{} refused command {}: {}", command.category, command.key, n, why));
            journal_.refuse(trigger, each.key, {command.category, command.key, why, std::string(trigger.type), n});
            point("a refusal is written");
        }
    }
}

/// Puts what an event has changed in the place of what was there.
void process_runner::keep(round& of) {
    const std::unique_lock lock(mutex_);
    if (of.met) book_.settle(*of.met);
    for (auto& each : of.all()) {
        if (each.is_over)
            instances_.erase(each.key);
        else
            instances_.insert_or_assign(each.key, std::move(each.state));
    }
}

}  // namespace leftfold::inline v0::detail
