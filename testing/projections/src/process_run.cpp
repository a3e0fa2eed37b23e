#include "process_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/framework/event_codec.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::testing::detail {

namespace {

/// Steps of the engine after one thing that happens. A process that takes more answers itself for ever.
constexpr std::size_t steps_max = 1'000;

/// The steps of the engine (engine_options::failpoint) after which a command is known to have been sent, and refused.
constexpr std::string_view after_command = "a command is executed";
constexpr std::string_view after_refusal = "a refusal is written";

}  // namespace

std::string show_event(std::string_view type, const headers_view& metadata, std::string_view payload) {
    const auto content = metadata.find(header_name::content_type).value_or(default_content_type);
    if (content == default_content_type) return fmt::format("{} {}", type, payload);
    return fmt::format("{} ({} bytes of {})", type, payload.size(), content);
}

process_run::process_run(std::string_view process, process_script::adder add)
    : add_(std::move(add)),
      process_(process),
      own_category_(fmt::format("process.{}", process)),
      seen_(store_.partitions()) {
    start();
    look({});
}

void process_run::start() {
    engine_ = std::make_unique<projection_engine>(
        store_, engine_options{.failpoint = [this](std::string_view step) { look(step); }});
    program_ = add_(*engine_, store_);
}

void process_run::restart() {
    program_.reset();
    engine_.reset();
    start();
    settle();
}

void process_run::begin_to_look() {
    sent_.clear();
    set_.clear();
    cancelled_.clear();
}

void process_run::happen(const happening& what) {
    if (what.time)
        pass(*what.time);
    else
        append(what);
}

void process_run::append(const happening& what) {
    store_.append(stream_id::parse(what.stream), expected_version::any(), {what.event}).value();
    look({});
    settle();
}

void process_run::pass(std::chrono::microseconds time) {
    const auto until = store_.now() + time;
    while (failure_.empty()) {
        const auto waiting = program_->deadlines();
        if (waiting.empty() || waiting.front().due > until) break;
        store_.advance_to(waiting.front().due);
        settle();
    }
    store_.advance_to(until);
    settle();
}

bool process_run::reach_deadline() {
    const auto waiting = program_->deadlines();
    if (waiting.empty()) return false;
    pass(std::max(waiting.front().due - store_.now(), std::chrono::microseconds{0}));
    return true;
}

void process_run::settle() {
    for (std::size_t steps = 1; failure_.empty(); ++steps) {
        const bool is_busy = engine_->step();
        look({});
        if (engine_->status(process_).state == projection_state::stopped)
            failure_ = fmt::format("the process stopped at {}", stop_text());
        else if (!is_busy && !is_due())
            return;
        else if (steps == steps_max)
            failure_ = fmt::format("the process does not come to rest in {} steps", steps_max);
    }
}

bool process_run::is_due() const {
    const auto waiting = program_->deadlines();
    return !waiting.empty() && waiting.front().due <= store_.now();
}

/// Sees what is new in the log since the last look.
void process_run::look(std::string_view step) {
    sent_command command;
    const auto heads = store_.heads();
    if (heads == seen_ && step != after_command) return;
    store_.read_all(seen_, heads, {}, payloads::read, [&](const event_view& event) {
        see(event, command);
        return true;
    });
    seen_ = heads;
    // Events that are recorded while the clock stands still are a microsecond apart: it goes along.
    store_.advance_to(last_.time());
    if (step == after_command)
        sent_.push_back(std::move(command));
    else if (step == after_refusal && !sent_.empty())
        sent_.back() = std::move(command);
}

void process_run::see(const event_view& event, sent_command& by) {
    last_ = std::max(last_, event.recorded);
    if (event.category != own_category_) {
        by.stream = fmt::format("{}-{}", event.category, event.key);
        by.events.push_back(show_event(event.type, event.metadata, event.payload));
    } else if (event.type == process_decided::event_type) {
        const auto what = decode<process_decided>(event.payload);
        const std::string key(event.key);
        for (const auto& name : what.cancelled) cancelled_.push_back({key, name});
        for (const auto& each : what.set) {
            set_.push_back({key, recorded_at::from_micros(what.trigger), each});
            ever_set_.push_back(set_.back());
        }
    } else if (event.type == command_refused::event_type) {
        const auto what = decode<command_refused>(event.payload);
        by.stream = fmt::format("{}-{}", what.category, what.key);
        by.refused = what.why;
    }
}

recorded_at process_run::trigger_of(const waiting_deadline& of) const {
    const auto found = std::find_if(ever_set_.rbegin(), ever_set_.rend(), [&](const set_deadline& each) {
        return each.key == of.key && each.what.name == of.name;
    });
    return found == ever_set_.rend() ? recorded_at{} : found->trigger;
}

/// `rides.requested {"driver":"anna"} of ride-r1: …`
std::string process_run::stop_text() const {
    const auto why = engine_->status(process_).failure;
    auto text = why;
    store_.read_all(cut(store_.partitions()), store_.heads(), {}, payloads::read, [&](const event_view& event) {
        const auto place = fmt::format("event {}: ", to_string(event.position()));
        if (!why.starts_with(place)) return true;
        text = fmt::format("{} of {}-{}: {}", show_event(event.type, event.metadata, event.payload), event.category,
                           event.key, why.substr(place.size()));
        return false;
    });
    return text;
}

}  // namespace leftfold::inline v0::testing::detail
