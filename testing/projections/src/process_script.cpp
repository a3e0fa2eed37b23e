#include "leftfold/testing/detail/process_script.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"
#include "leftfold/testing/tested_process.hpp"
#include "process_run.hpp"
#include "row_differences.hpp"

namespace leftfold::inline v0::testing::detail {

namespace {

using std::chrono::microseconds;

/// `30s`, in the largest unit that leaves nothing over.
std::string show(microseconds time) {
    struct unit {
        std::int64_t size;
        const char* name;
    };
    static constexpr std::array units{unit{86'400'000'000, "d"}, unit{3'600'000'000, "h"}, unit{60'000'000, "min"},
                                      unit{1'000'000, "s"}, unit{1'000, "ms"}};
    for (const auto& each : units)
        if (time.count() != 0 && time.count() % each.size == 0)
            return fmt::format("{}{}", time.count() / each.size, each.name);
    return fmt::format("{}us", time.count());
}

std::string show(const std::variant<microseconds, instant>& due) {
    if (const auto* after = std::get_if<microseconds>(&due)) return fmt::format("{} after its event", show(*after));
    const auto at = std::get<instant>(due);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto rest = (at - seconds).count();
    return fmt::format("at {:%Y-%m-%dT%H:%M:%S}{}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                       rest == 0 ? std::string() : fmt::format(".{:06}", rest));
}

/// `r1: rides.no_answer {"driver":"anna"}, 30s after its event`
std::string show(const expected_deadline& of) {
    const auto name = of.message.starts_with(of.name + " ") ? std::string() : fmt::format("\"{}\" ", of.name);
    return fmt::format("{}: {}{}, {}", of.key, name, of.message, show(of.due));
}

/// A deadline that was found, its time told as that of the expected one at its place is.
std::string show_found(std::string key, std::string name, std::string message, recorded_at trigger, recorded_at due,
                       const expected_deadline* beside) {
    expected_deadline found{std::move(key), std::move(name), microseconds(due.micros() - trigger.micros()),
                            std::move(message)};
    if (beside != nullptr && std::holds_alternative<instant>(beside->due)) found.due = due.time();
    return show(found);
}

const expected_deadline* at_place(const std::vector<expected_deadline>& of, std::size_t place) {
    return place < of.size() ? &of[place] : nullptr;
}

std::vector<std::string> show_all(const std::vector<expected_deadline>& of) {
    std::vector<std::string> lines;
    for (const auto& each : of) lines.push_back(show(each));
    return lines;
}

/// `r1: rides.no_answer`
std::vector<std::string> show_all(const std::vector<cancelled_deadline>& of) {
    std::vector<std::string> lines;
    for (const auto& each : of) lines.push_back(fmt::format("{}: {}", each.key, each.name));
    return lines;
}

std::string show_refusal(std::string_view stream, std::string_view why) {
    return fmt::format("{} refuses{}{}", stream, why.empty() ? "" : ": ", why);
}

constexpr auto raised_nothing_text = "a command that raises nothing";

std::string show(const sent_command& sent) {
    if (sent.refused) return show_refusal(sent.stream, *sent.refused);
    if (sent.events.empty()) return raised_nothing_text;
    return fmt::format("{}: {}", sent.stream, fmt::join(sent.events, ", "));
}

std::vector<std::string> show_set(const process_run& of, const std::vector<expected_deadline>& beside) {
    std::vector<std::string> found;
    for (const auto& each : of.set())
        found.push_back(show_found(each.key, each.what.name, each.what.type + " " + each.what.message.text,
                                   each.trigger, recorded_at::from_micros(each.what.due),
                                   at_place(beside, found.size())));
    return found;
}

}  // namespace

expected_command::expected_command(const happenings& raised) {
    for (const auto& each : raised.all()) {
        if (each.time) throw error(errc::invalid_argument, "expecting a command in a test: passing time is none");
        stream_ = each.stream;
        events_.push_back(show_event(each.event.type, each.event.metadata.view(), each.event.payload));
    }
    if (events_.empty())
        throw error(errc::invalid_argument,
                    "expecting a command in a test: one that raises nothing is raised_nothing()");
}

process_script::process_script(std::string_view process, adder add)
    : run_(std::make_unique<process_run>(process, std::move(add))) {}

process_script::~process_script() = default;

void process_script::mark() {
    if (!is_marked_) run_->begin_to_look();
    is_marked_ = true;
}

void process_script::happen(const happenings& what) {
    for (const auto& each : what.all()) run_->happen(each);
}

void process_script::reach_deadline() {
    if (!run_->reach_deadline() && problem_.empty()) problem_ = "no deadline waited that could be due";
}

void process_script::restart() { run_->restart(); }

std::string process_script::told(std::string difference) const {
    const auto& wrong = run_->failure().empty() ? problem_ : run_->failure();
    return wrong.empty() ? difference : "nothing is as expected: " + wrong;
}

const process_program& process_script::program() const { return run_->program(); }

std::string process_script::compare_commands(const std::vector<expected_command>& expected) const {
    std::vector<std::string> wanted;
    std::vector<std::string> found;
    for (const auto& each : run_->sent()) found.push_back(show(each));
    for (const auto& each : expected) {
        auto line = each.came_ == expected_command::outcome::nothing ? std::string(raised_nothing_text)
                    : each.came_ == expected_command::outcome::refused
                        ? show_refusal(each.stream_, each.why_)
                        : fmt::format("{}: {}", each.stream_, fmt::join(each.events_, ", "));
        const auto place = wanted.size();
        // A part of what a refusal says is enough: then the line found is the one wanted.
        if (each.came_ == expected_command::outcome::refused && place < found.size()) {
            const auto& sent = run_->sent()[place];
            const bool fits =
                sent.refused && sent.stream == each.stream_ && sent.refused->find(each.why_) != std::string::npos;
            if (fits) line = found[place];
        }
        wanted.push_back(std::move(line));
    }
    return told(line_differences(found, wanted, "expected (-) and sent (+) commands differ:"));
}

std::string process_script::compare_nothing() const {
    std::vector<std::string> found;
    for (const auto& each : run_->sent()) found.push_back("command: " + show(each));
    for (const auto& each : show_set(*run_, {})) found.push_back("deadline: " + each);
    for (const auto& each : show_all(run_->cancelled())) found.push_back("deadline taken back: " + each);
    return told(line_differences(found, {}, "expected nothing, but:"));
}

std::string process_script::compare_scheduled(const std::vector<expected_deadline>& expected) const {
    return told(
        line_differences(show_set(*run_, expected), show_all(expected), "expected (-) and set (+) deadlines differ:"));
}

std::string process_script::compare_cancelled(const std::vector<cancelled_deadline>& expected) const {
    return told(line_differences(show_all(run_->cancelled()), show_all(expected),
                                 "expected (-) and cancelled (+) deadlines differ:"));
}

std::string process_script::compare_waiting(const std::vector<expected_deadline>& expected) const {
    std::vector<std::string> found;
    for (const auto& each : run_->program().deadlines())
        found.push_back(show_found(each.key, each.name, each.type + " " + each.message, run_->trigger_of(each),
                                   recorded_at{each.due}, at_place(expected, found.size())));
    return told(line_differences(found, show_all(expected), "expected (-) and waiting (+) deadlines differ:"));
}

std::string process_script::compare_stop(std::string_view why) const {
    const auto& failure = run_->failure();
    if (failure.empty()) return "expected the process to stop, but it did all that it had to do";
    if (failure.find(why) != std::string::npos) return {};
    return fmt::format("expected a stop with \"{}\", but {}", why, failure);
}

}  // namespace leftfold::inline v0::testing::detail

namespace leftfold::inline v0::testing {

detail::expected_command refused(std::string_view stream, std::string why) {
    (void)stream_id::parse(stream);
    return {detail::expected_command::outcome::refused, std::string(stream), std::move(why)};
}

detail::expected_command raised_nothing() { return {detail::expected_command::outcome::nothing, {}, {}}; }

}  // namespace leftfold::inline v0::testing
