#include "telling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <charconv>
#include <istream>

#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "one_line.hpp"

namespace leftfold::inline v0::tools {

namespace json = boost::json;

json::value value_of(const std::optional<std::string>& text) {
    if (!text) return nullptr;
    json::error_code failed;
    auto parsed = json::parse(*text, failed);
    return failed ? json::value(*text) : parsed;  // what JSON cannot say is given as text
}

json::array list_of(const std::vector<change>& changes) {
    json::array list;
    for (const auto& each : changes) {
        json::object entry{{"path", each.path}};
        if (each.before) entry["before"] = value_of(each.before);
        if (each.after) entry["after"] = value_of(each.after);
        list.push_back(std::move(entry));
    }
    return list;
}

namespace {

json::object object_of(const event_origin& origin) {
    json::object object{{"type", origin.type},
                        {"version", origin.version.value()},
                        {"position", to_string(origin.position)},
                        {"recorded", to_rfc3339(origin.recorded.time())},
                        {"occurred", to_rfc3339(origin.occurred.time())},
                        {"id", to_string(origin.id)}};
    if (!origin.actor.empty()) object["actor"] = one_line(origin.actor);
    if (!origin.correlation.empty()) object["correlation"] = one_line(origin.correlation);
    if (!origin.causation.empty()) object["causation"] = one_line(origin.causation);
    return object;
}

std::string line_of(const event_origin& origin) {
    auto line = fmt::format("#{} {} {} at {}", origin.version.value(), to_rfc3339(origin.recorded.time()),
                            one_line(origin.type), to_string(origin.position));
    if (origin.occurred.micros() != origin.recorded.micros())
        line += ", occurred " + to_rfc3339(origin.occurred.time());
    if (!origin.actor.empty()) line += ", actor " + one_line(origin.actor);
    return line;
}

void show_changes(const std::vector<change>& changes, const console& on, std::string_view indent) {
    for (const auto& each : changes) on.line(fmt::format("{}{}", indent, one_line(to_string(each))));
}

void show_place(const detail::told_stepper& at, const console& on) {
    const auto origin = at.origin();
    if (on.json) {
        auto object = origin ? object_of(*origin) : json::object{{"version", 0}};
        object["changes"] = list_of(at.changes());
        object["state"] = value_of(at.json());
        on.write(object);
    } else {
        on.line(origin ? line_of(*origin) : "#0 before the first event");
        show_changes(at.changes(), on, "    ");
    }
    on.flush();
}

}  // namespace

void show_diff(const std::vector<change>& changes, const console& on) {
    if (!on.json) return show_changes(changes, on, "");
    for (auto& each : list_of(changes)) on.write(each.as_object());
}

void show_step(const detail::told_step& step, const console& on) {
    if (on.json) {
        auto object = object_of(step.origin);
        object["changes"] = list_of(step.changes);
        object["state"] = value_of(step.json);
        return on.write(object);
    }
    on.line(line_of(step.origin));
    show_changes(step.changes, on, "    ");
}

void show_blamed(const blamed& found, const console& on) {
    if (!on.json) return on.line(one_line(to_string(found)));
    auto object = object_of(found.origin);
    object["path"] = found.path;
    object["value"] = value_of(found.value);
    on.write(object);
}

void show_find(const detail::told_find& found, search how, const console& on) {
    const bool exact = how == search::first_where;
    if (on.json) {
        auto object = object_of(found.origin);
        object["method"] = exact ? "first-where" : "bisect";
        object["states_made"] = found.states_made;
        object["state"] = value_of(found.json);
        return on.write(object);
    }
    on.note(exact ? fmt::format("first-where: the first such state, after {} events", found.states_made)
                  : fmt::format("bisect: a state at which it turns, after {} loads", found.states_made));
    on.line(line_of(found.origin));
    on.line("    " + one_line(found.text));
}

int step_through(detail::told_stepper& at, std::int64_t from, const std::string& name, const console& on) {
    if (from > at.last().value())
        throw error(errc::invalid_argument,
                    fmt::format("stepping from version {} of {}, which has {} events", from, name, at.last().value()));
    at.go_to(version(from));
    on.note(fmt::format("{} events; n or Enter: next, b: back, a number: go there, q: quit", at.last().value()));
    show_place(at, on);
    for (std::string word; std::getline(on.in, word) && word != "q";) {
        std::int64_t to = at.at().value();
        if (word.empty() || word == "n") {
            ++to;
        } else if (word == "b") {
            --to;
        } else if (const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), to);
                   failed != std::errc() || end != word.data() + word.size()) {
            on.note("leftfold: n, b, a number or q; not " + one_line(word));
            continue;
        }
        if (at.go_to(version(std::clamp(to, std::int64_t{0}, at.last().value()))))
            show_place(at, on);
        else
            on.note(to > 0 ? "that is the last event" : "that is before the first event");
    }
    return success;
}

}  // namespace leftfold::inline v0::tools
