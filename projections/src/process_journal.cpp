#include "process_journal.hpp"

#include <fmt/format.h>

#include "leftfold/framework/event_codec.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Names an event among all of a store, whatever its position: it keeps that name when it is exported and imported.
event_id name_of(const event_view& event) {
    return derive_event_id(fmt::format("leftfold trigger\n{}-{}\n{}", event.category, event.key, to_string(event.id)));
}

event_id id_of(std::string_view what, std::string_view process, std::string_view key, std::string_view more) {
    return derive_event_id(fmt::format("leftfold process {}\n{}\n{}\n{}", what, process, key, more));
}

event_id id_of_refusal(std::string_view process, std::string_view key, const event_view& trigger, std::int64_t number) {
    return id_of("refusal", process, key, fmt::format("{}\n{}", to_string(name_of(trigger)), number));
}

template <class Event>
event_data make(const Event& event, event_id id, const command_context& from) {
    auto made = to_event_data(event);
    made.id = id;
    if (!from.correlation.empty()) made.metadata.add(header_name::correlation_id, from.correlation);
    if (!from.causation.empty()) made.metadata.add(header_name::causation_id, from.causation);
    return made;
}

/// Returns what make() wrote.
command_context context_of(const event_view& event) {
    const auto header = [&](std::string_view name) {
        return std::string{event.metadata.find(name).value_or(std::string_view{})};
    };
    command_context made;
    made.correlation = header(header_name::correlation_id);
    made.causation = header(header_name::causation_id);
    return made;
}

}  // namespace

void enter(deadline_book& book, const std::string& key, const process_decided& what, const command_context& from) {
    const auto trigger = recorded_at::from_micros(what.trigger);
    for (const auto& name : what.cancelled) book.cancel(key, name, trigger);
    for (const auto& each : what.set)
        book.set({.id = {key, each.name, trigger},
                  .due = recorded_at::from_micros(each.due),
                  .type = each.type,
                  .message = each.message.text,
                  .from = from});
}

process_journal::process_journal(const event_store& store, std::string_view process)
    : store_(store.core()),
      process_(process),
      beginning_(std::string(process_beginnings), process_),
      category_(process_category(process)) {
    check_category(category_);
}

start_place process_journal::begin(const start_at& wanted) {
    const auto find = [&]() -> std::optional<process_begun> {
        const auto found = store_.read_stream(beginning_, {.count = 1});
        if (found.empty()) return std::nullopt;
        return decode<process_begun>(found.front().payload);
    };
    auto kept = find();
    if (!kept) {
        const auto place = find_start(wanted, store_);
        const process_begun made{to_string(place.after), place.since.micros()};
        auto data = to_event_data(made);
        // Lost to another engine of this process: then its beginning is ours too.
        if (store_.append(beginning_, expected_version::none(), {std::move(data)})) return place;
        kept = find();
    }
    const auto since = recorded_at::from_micros(kept->since);
    const auto after = parse_cut(kept->cut);
    if (after.partitions() == store_.partitions() && store_.heads().covers(after))
        return {.after = after, .since = since};
    return find_start(since == recorded_at::min() ? start_at::earliest() : start_at::time(since), store_);
}

bool process_journal::has_begun() { return store_.head(beginning_).has_value(); }

std::optional<pause_note> process_journal::paused() {
    const auto last = store_.read_stream(beginning_, {.way = direction::backward, .count = 1});
    if (last.empty() || last.front().type != process_paused::event_type) return std::nullopt;
    return pause_note{decode<process_paused>(last.front().payload).by, last.front().recorded.micros()};
}

recorded_at process_journal::pause(const std::string& by) {
    return store_.append(beginning_, expected_version::any(), {to_event_data(process_paused{by})}).value().recorded;
}

void process_journal::resume(const std::string& by) {
    store_.append(beginning_, expected_version::any(), {to_event_data(process_resumed{by})}).value();
}

deadline_book process_journal::read_book() {
    deadline_book book;
    const event_filter filter{.categories = {category_},
                              .types = {process_decided::event_type, deadline_due::event_type}};
    store_.read_all(cut(store_.partitions()), store_.heads(), filter, payloads::read, [&](const event_view& event) {
        const std::string key(event.key);
        if (event.type == process_decided::event_type) {
            enter(book, key, decode<process_decided>(event.payload), context_of(event));
        } else {
            const auto due = decode<deadline_due>(event.payload);
            book.fired({key, due.name, recorded_at::from_micros(due.trigger)});
        }
        return true;
    });
    return book;
}

bool process_journal::decide(const event_view& trigger, const std::string& key, const process_decided& what) {
    const auto id = id_of("decision", process_, key, to_string(name_of(trigger)));
    return append(key, make(what, id, caused_by(trigger)));
}

void process_journal::fire(const deadline& reached) {
    const auto trigger = reached.id.trigger.micros();
    const auto id = id_of("deadline", process_, reached.id.key, fmt::format("{}\n{}", reached.id.name, trigger));
    const deadline_due made{.name = reached.id.name,
                            .due = reached.due.micros(),
                            .trigger = trigger,
                            .type = reached.type,
                            .message = {reached.message}};
    append(reached.id.key, make(made, id, reached.from));
}

void process_journal::refuse(const event_view& trigger, const std::string& key, const command_refused& what) {
    append(key, make(what, id_of_refusal(process_, key, trigger, what.number), caused_by(trigger)));
}

bool process_journal::was_refused(const event_view& trigger, const std::string& key, std::int64_t number) {
    return store_.find_event({category_, key}, id_of_refusal(process_, key, trigger, number)).has_value();
}

command_id process_journal::command(const event_view& trigger, std::int64_t number) const {
    return command_id(fmt::format("process:{}/{}/{}", process_, to_string(name_of(trigger)), number));
}

/// Appends, unless there is an event of that id: what was written first stands. Returns whether it was appended.
bool process_journal::append(const std::string& key, event_data made) {
    try {
        const auto done = store_.append({category_, key}, expected_version::any(), {std::move(made)});
        return !done.value().repeated;
    } catch (const error& failed) {
        if (failed.kind() == errc::id_reused) return false;
        throw;
    }
}

}  // namespace leftfold::inline v0::detail
