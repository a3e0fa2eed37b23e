// The verbs that a program has which knows its own types: as-of, history, diff, blame, first-where, bisect, step.

#include <fmt/format.h>

#include <string>

#include "asked_time.hpp"
#include "domain_commands.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/main.hpp"
#include "one_line.hpp"
#include "open_store.hpp"
#include "telling.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// Which aggregate of which store: the words that all verbs begin with.
struct subject {
    std::string path;
    std::string category;
    std::string key;
    const domain* known = nullptr;

    void declare(command_words& words) {
        words.place("STORE", path, "The store's directory")
            .place("CATEGORY", category, "What kind of aggregate")
            .place("KEY", key, "Which one");
    }
    std::string name() const { return category + "-" + key; }

    const detail::aggregate_answers& answers() const {
        std::string all;
        for (const auto& each : known->aggregates()) {
            if (each->category() == category) return *each;
            all += fmt::format("{}{}", all.empty() ? "" : ", ", each->category());
        }
        throw error(errc::invalid_argument, fmt::format("asking for {}: this program knows {}", name(), all));
    }

    /// Opens the store, and checks that there is such an aggregate in it.
    event_store open() const {
        answers();
        auto store = open_for_reading(path);
        if (!store.head(stream_id(category, key))) throw error(errc::not_found, "asking for " + name());
        return store;
    }
};

/// Which state a line of words asks for. Times are shown as what they came to.
struct state_words {
    std::string time{};
    std::string occurred{};
    std::string at_cut{};
    std::string moment{};
    std::int64_t version = 0;

    detail::asked_state read(event_store& store, const console& on) const {
        if ((!time.empty() || !occurred.empty()) + !at_cut.empty() + (version != 0) > 1)
            throw error(errc::invalid_argument, "asking for a state by times and by version or cut at once");
        if (!moment.empty() && (!time.empty() || !at_cut.empty() || version != 0))
            throw error(errc::invalid_argument, "asking for a state at a moment and by time, version or cut at once");
        detail::asked_state asked;
        if (version != 0) asked.version = leftfold::version(version);
        if (!at_cut.empty()) asked.where = parse_cut(at_cut);
        if (!moment.empty()) asked.then = moment_of(store, moment);
        if (!time.empty()) asked.recorded = time_in(store, time);
        if (!occurred.empty()) asked.occurred = occurred_at(time_in(store, occurred).time());
        if (asked.recorded) on.note("as of " + to_rfc3339(asked.recorded->time()));
        if (asked.occurred) on.note("occurred by " + to_rfc3339(asked.occurred->time()));
        return asked;
    }
};

int as_of(const subject& of, const state_words& words, const console& on) {
    auto store = of.open();
    const auto found = of.answers().state(store, of.key, words.read(store, on));
    if (!found) throw error(errc::not_found, "asking for " + of.name() + " before its first event, or beyond its last");
    if (on.json)
        on.write({{"category", of.category},
                  {"key", of.key},
                  {"version", found->version.value()},
                  {"position", to_string(found->position)},
                  {"cut", to_string(found->seen)},
                  {"state", value_of(found->json)}});
    else
        on.line(fmt::format("{} #{} {}", one_line(of.name()), found->version.value(), one_line(found->text)));
    return success;
}

int history(const subject& of, std::int64_t after, std::int64_t limit, const console& on) {
    const auto store = of.open();
    std::int64_t shown = 0;
    of.answers().history(store, of.key, version(after), [&](const detail::told_step& step) {
        show_step(step, on);
        return ++shown != limit;
    });
    return success;
}

int diff(const subject& of, const std::string& from, const std::string& to, const console& on) {
    auto store = of.open();
    const auto before = state_words{.time = from}.read(store, on);
    const auto after = to.empty() ? detail::asked_state{} : state_words{.time = to}.read(store, on);
    const auto changes = of.answers().diff(store, of.key, before, after);
    show_diff(changes, on);
    return success;
}

int blame(const subject& of, const std::string& path, const console& on) {
    const auto store = of.open();
    const auto found = of.answers().blame(store, of.key, path);
    if (found.empty() && !path.empty())
        throw error(errc::not_found, "blaming " + path + ", which no event has changed");
    for (const auto& each : found) show_blamed(each, on);
    return success;
}

int first_where(const subject& of, const std::string& condition, const console& on) {
    const auto store = of.open();
    const auto found = of.answers().first_where(store, of.key, condition);
    if (!found) throw error(errc::not_found, "looking for a state where " + condition);
    show_find(*found, search::first_where, on);
    return success;
}

int bisect(const subject& of, const std::string& condition, const std::vector<std::int64_t>& range, const console& on) {
    const auto store = of.open();
    bisect_range between{.from = version(range[0])};
    if (range[1] != 0) between.to = version(range[1]);
    show_find(of.answers().bisect(store, of.key, condition, between), search::bisect, on);
    return success;
}

int step(const subject& of, std::int64_t from, const console& on) {
    const auto store = of.open();
    const auto at = of.answers().step(store, of.key);
    return step_through(*at, from, of.name(), on);
}

struct question : subject {
    state_words state;
    std::string first;
    std::string second;
    std::int64_t after = 0;
    std::int64_t limit = 0;
};

/// Makes the words of one verb, which begin with those of its subject.
command_words verb(command_list& all, const domain& known, const char* name, const char* what,
                   std::shared_ptr<question>& given, int (*run)(const question&, const console&)) {
    given = std::make_shared<question>();
    given->known = &known;
    auto words = all.add(name, what, [given, run](const console& on) { return run(*given, on); });
    given->declare(words);
    return words;
}

}  // namespace

void declare_questions(command_list& all, const domain& known) {
    std::shared_ptr<question> given;
    verb(all, known, "as-of", "An aggregate as it was known at a time; or as it is now", given,
         [](const question& q, const console& on) { return as_of(q, q.state, on); })
        .optional_place("TIME", given->state.time, "RFC 3339, a date, or '2 hours ago'; without it: now")
        .option("--occurred", given->state.occurred, "Only what had occurred by this time: what was true then")
        .number("--version", given->state.version, 1, "After this many events")
        .option("--cut", given->state.at_cut, "At this cut, as an earlier answer gave it")
        .option("--at", given->state.moment, "At this moment, as the command moment gave it");
    verb(all, known, "history", "Every event of an aggregate, and what it changed", given,
         [](const question& q, const console& on) { return history(q, q.after, q.limit, on); })
        .number("--after", given->after, 0, "Only those after this version")
        .number("--limit", given->limit, 1, "At most so many");
    verb(all, known, "diff", "What is different between two times, member by member", given,
         [](const question& q, const console& on) { return diff(q, q.first, q.second, on); })
        .place("FROM", given->first, "A time")
        .optional_place("TO", given->second, "Another one; without it: now");
    verb(all, known, "blame", "Which event set a member last, or each of them", given,
         [](const question& q, const console& on) { return blame(q, q.first, on); })
        .optional_place("PATH", given->first, "A member, as $.lines[1].qty; without it: all");
    verb(all, known, "first-where", "The first state for which a comparison holds, and the event that made it", given,
         [](const question& q, const console& on) { return first_where(q, q.first, on); })
        .place("CONDITION", given->first, "A comparison, as '$.balance < 0'");
    verb(all, known, "bisect", "A state at which a comparison turns true, in few loads", given,
         [](const question& q, const console& on) {
             return bisect(q, q.first, {q.after, q.limit}, on);
         })
        .place("CONDITION", given->first, "A comparison, as '$.balance < 0': false at the start, true at the end")
        .number("--from", given->after, 0, "The version to start at")
        .number("--to", given->limit, 1, "The version to end at");
    verb(all, known, "step", "Go through an aggregate's history, forward and back", given,
         [](const question& q, const console& on) { return step(q, q.after, on); })
        .number("--at", given->after, 0, "The version to start at");
}

}  // namespace leftfold::inline v0::tools
