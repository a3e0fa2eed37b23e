#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <memory>

#include "asking_engines.hpp"
#include "commands.hpp"
#include "leftfold/projections/processes_in.hpp"
#include "leftfold/tools/main.hpp"
#include "one_line.hpp"
#include "open_store.hpp"
#include "telling.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct processes_words {
    std::string path;
    processes_in_options which{};
    std::int64_t limit = static_cast<std::int64_t>(processes_in_options{}.instances_max);
};

double seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

boost::json::object object_of(const waiting_deadline& of) {
    return {{"name", of.name},
            {"due", to_rfc3339(of.due)},
            {"type", of.type},
            {"message", value_of(std::optional(of.message))}};
}

boost::json::object object_of(const process_instance& of) {
    boost::json::array waiting;
    for (const auto& each : of.waiting) waiting.push_back(object_of(each));
    boost::json::object object{
        {"key", of.key},           {"decisions", of.decisions},          {"deadlines_reached", of.deadlines_reached},
        {"refusals", of.refusals}, {"last", to_rfc3339(of.last.time())}, {"waiting", std::move(waiting)}};
    if (of.refused)
        object["refused"] = {{"category", of.refused->category}, {"key", of.refused->key}, {"why", of.refused->why}};
    return object;
}

boost::json::object object_of(const process_report& of) {
    boost::json::array instances;
    for (const auto& each : of.instances) instances.push_back(object_of(each));
    boost::json::object object{{"process", of.name},
                               {"began_after", to_string(of.began_after)},
                               {"events_behind", of.events_behind},
                               {"time_behind_us", of.time_behind.count()},
                               {"instances_in_all", of.instances_in_all},
                               {"deadlines_waiting", of.deadlines_waiting},
                               {"instances", std::move(instances)}};
    if (of.since != recorded_at::min()) object["since"] = to_rfc3339(of.since.time());
    if (of.reached) object["cut"] = to_string(*of.reached);
    if (!of.not_reached.empty()) object["checkpoint_refused"] = of.not_reached;
    if (of.paused_at) {
        object["state"] = "paused";
        object["told_by"] = of.paused_by;
        object["told_at"] = to_rfc3339(of.paused_at->time());
    }
    return object;
}

/// What the engine that runs it says of it; empty when none runs.
boost::json::object told_by_engine(const std::string& store, const std::string& process) {
    const auto all = status_of_engine({store, process});
    const auto* told = all.if_contains(process);
    return told == nullptr ? boost::json::object() : told->as_object();
}

void show(const process_instance& of, instant now, const console& on) {
    on.line(fmt::format("  {}: {} decision(s), {} deadline(s) reached, {} refusal(s), the last at {}", one_line(of.key),
                        of.decisions, of.deadlines_reached, of.refusals, to_rfc3339(of.last.time())));
    for (const auto& each : of.waiting) {
        const auto left = each.due - now;
        const auto name = each.name == each.type ? each.type : fmt::format("{} ({})", each.name, each.type);
        on.line(fmt::format("    waits: {} {}, due {} ({:.3f} s {})", one_line(name), one_line(each.message),
                            to_rfc3339(each.due), seconds(left < left.zero() ? -left : left),
                            left < left.zero() ? "ago" : "left"));
    }
    if (of.refused)
        on.line(fmt::format("    refused by {}-{}: {}", of.refused->category, one_line(of.refused->key),
                            one_line(of.refused->why)));
}

void show(const process_report& of, const boost::json::object& engine, instant now, const console& on) {
    const auto place = of.reached               ? "at " + to_string(*of.reached)
                       : of.not_reached.empty() ? std::string("without a checkpoint")
                                                : "begins again: " + of.not_reached;
    const auto age =
        of.events_behind == 0 ? std::string() : fmt::format(", the oldest {:.3f} s old", seconds(of.time_behind));
    auto line = fmt::format("{} {}, {} event(s) beyond{}, {} instance(s), {} deadline(s) wait", of.name, place,
                            of.events_behind, age, of.instances_in_all, of.deadlines_waiting);
    if (!engine.empty())
        line += ", " + state_line(engine);
    else if (of.paused_at)
        line += fmt::format(", paused by {} at {}", one_line(of.paused_by), to_rfc3339(of.paused_at->time()));
    on.line(line);
    for (const auto& each : of.instances) show(each, now, on);
}

int processes(processes_words words, const console& on) {
    words.which.instances_max = static_cast<std::size_t>(words.limit);
    auto store = open_for_reading(words.path);
    const instant now{std::chrono::microseconds(store.world().clock->wall_us())};
    for (const auto& each : processes_in(store, words.which)) {
        const auto engine = told_by_engine(words.path, each.name);
        if (on.json) {
            auto object = object_of(each);
            for (const auto& [name, value] : engine) object.emplace(name, value);
            on.write(object);
        } else {
            show(each, engine, now, on);
        }
    }
    return success;
}

}  // namespace

void declare_processes(command_list& all) {
    auto words = std::make_shared<processes_words>();
    all.add("processes",
            "The process managers of a store: how far each has come, its instances, and the deadlines that wait",
            [words](const console& on) { return processes(*words, on); })
        .place("STORE", words->path, "The store's directory")
        .optional_place("PROCESS", words->which.process, "One of them, by its name")
        .option("--key", words->which.key, "One instance, by its key")
        .number("--limit", words->limit, 0, "The most instances of a process that are shown (1000)");
}

}  // namespace leftfold::inline v0::tools
