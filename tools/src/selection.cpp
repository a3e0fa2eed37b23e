#include "selection.hpp"

#include <algorithm>

#include "asked_time.hpp"
#include "leftfold/storage/error.hpp"
#include "whole_cut.hpp"

namespace leftfold::inline v0::tools {

namespace {

/// Whether it looks like `partition:offset`: digits, one colon, digits. Times of day never stand alone.
bool is_position(std::string_view text) {
    return text.find(':') != std::string_view::npos && text.find_first_not_of("0123456789:") == std::string_view::npos;
}

cut only(const cut& whole, partition_id partition) {
    cut kept(whole.partitions());
    kept.set(partition, whole.at(partition));
    return kept;
}

void restrict_to(selected_range& range, partition_id partition) {
    range.after = only(range.after, partition);
    range.up_to = only(range.up_to, partition);
}

position position_in(event_store& store, const std::string& text) {
    const auto where = parse_position(text);
    if (where.partition.value() >= store.partitions())
        throw error(errc::invalid_argument, "reading " + text + ": the store has " +
                                                std::to_string(store.partitions()) + " partitions, from 0");
    if (where.at < offset{1}) throw error(errc::invalid_argument, "reading " + text + ": offsets count from 1");
    return where;
}

void show(const char* option, recorded_at when, const console& on) {
    on.note(std::string(option) + " " + to_rfc3339(when.time()));
}

/// The cut of a time; of one that cannot be closed, if that is allowed, the cut of what is stored now.
cut cut_of(event_store& store, recorded_at when, const selection& chosen) {
    try {
        return store.cut_at(when);
    } catch (const error& refused) {
        if (refused.kind() != errc::not_closed || !chosen.provisional) throw;
    }
    cut found(store.partitions());
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        found.set(partition_id(p), store.offset_at(partition_id(p), when));
    return found;
}

/// The cut of all that is stored; of what cannot be closed, too, if that is allowed.
cut whole_of(event_store& store, const selection& chosen) {
    try {
        return whole_cut(store, "reading a store");
    } catch (const error& refused) {
        if (refused.kind() != errc::not_closed || !chosen.provisional) throw;
        return store.heads();
    }
}

/// The cut of a moment, which is to be one of this store.
cut cut_of_moment(event_store& store, const selection& chosen) {
    if (!chosen.as_of.empty()) throw error(errc::invalid_argument, "reading as of a time and at a moment at once");
    return moment_of(store, chosen.at).cut();
}

void end_at(selected_range& range, event_store& store, const selection& chosen, const console& on) {
    const auto& to = chosen.to;
    if (is_position(to)) {
        const auto last = position_in(store, to);
        range.up_to.set(last.partition, std::min(last.at, range.up_to.at(last.partition)));
        return restrict_to(range, last.partition);
    }
    const auto when = time_in(store, to);
    const auto last = cut_of(store, when, chosen);
    show("to", when, on);
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        range.up_to.set(partition_id(p), std::min(last.at(partition_id(p)), range.up_to.at(partition_id(p))));
}

void begin_at(selected_range& range, event_store& store, const std::string& from, const console& on) {
    if (is_position(from)) {
        const auto first = position_in(store, from);
        range.after.set(first.partition, first.at.plus(-1));
        return restrict_to(range, first.partition);
    }
    const auto first = time_in(store, from);
    if (first != recorded_at::min()) {  // whether that time is closed does not matter: the range ends below what is
        const auto before = recorded_at::from_micros(first.micros() - 1);
        for (std::uint32_t p = 0; p != store.partitions(); ++p)
            range.after.set(partition_id(p), store.offset_at(partition_id(p), before));
    }
    show("from", first, on);
}

}  // namespace

void selection::declare_time(command_words& words) {
    words.option("--as-of", as_of, "Only what was recorded at or before this time: RFC 3339, a date, or '2 hours ago'")
        .option("--at", at, "Only what belongs to this moment, as the command moment gave it")
        .flag("--provisional", provisional,
              "Answer even if more may turn up: nobody owns the store, or may write to it");
}

void selection::declare(command_words& words) {
    declare_time(words);
    words.option("--from", from, "The first event: a time, or PARTITION:OFFSET")
        .option("--to", to, "The last event: a time, or PARTITION:OFFSET")
        .option("--category", categories, "Only streams of this category; may be repeated")
        .option("--type", types, "Only events of this type; may be repeated");
}

bool selection::is_everything() const {
    return as_of.empty() && at.empty() && from.empty() && to.empty() && categories.empty() && types.empty();
}

event_filter selection::filter() const {
    for (const auto& category : categories) check_category(category);
    for (const auto& type : types) check_event_type(type);
    return {.categories = categories, .types = types};
}

selected_range range_of(event_store& store, const selection& chosen, const console& on) {
    if (is_position(chosen.from) && is_position(chosen.to) &&
        position_in(store, chosen.from).partition != position_in(store, chosen.to).partition)
        throw error(errc::invalid_argument,
                    "reading from " + chosen.from + " to " + chosen.to + ": a position means its partition alone");
    selected_range range{.after = cut(store.partitions()), .up_to = cut(store.partitions())};
    if (!chosen.at.empty()) {
        range.up_to = cut_of_moment(store, chosen);
    } else if (chosen.as_of.empty()) {
        range.up_to = whole_of(store, chosen);
    } else {
        const auto when = time_in(store, chosen.as_of);
        range.up_to = cut_of(store, when, chosen);
        show("as of", when, on);
    }
    if (!chosen.to.empty()) end_at(range, store, chosen, on);
    if (!chosen.from.empty()) begin_at(range, store, chosen.from, on);
    return range;
}

}  // namespace leftfold::inline v0::tools
