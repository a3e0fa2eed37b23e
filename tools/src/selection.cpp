#include "selection.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "leftfold/storage/error.hpp"

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
    return where;
}

}  // namespace

void selection::declare(CLI::App& command) {
    command.add_option("--as-of", as_of,
                       "Only what was recorded at or before this time: RFC 3339, or a date (00:00:00Z)");
    command.add_option("--from", from, "The first event: a time, or PARTITION:OFFSET");
    command.add_option("--to", to, "The last event: a time, or PARTITION:OFFSET");
    command.add_option("--category", categories, "Only streams of this category; may be repeated");
    command.add_option("--type", types, "Only events of this type; may be repeated");
}

bool selection::is_everything() const {
    return as_of.empty() && from.empty() && to.empty() && categories.empty() && types.empty();
}

event_filter selection::filter() const { return {.categories = categories, .types = types}; }

selected_range range_of(event_store& store, const selection& chosen) {
    selected_range range{.after = cut(store.partitions()), .up_to = cut(store.partitions())};
    if (chosen.as_of.empty()) {
        range.up_to = store.closed_cut();
    } else {
        range.as_of = recorded_at(parse_time(chosen.as_of));
        range.up_to = store.cut_at(*range.as_of);
    }
    if (is_position(chosen.to)) {
        const auto last = position_in(store, chosen.to);
        range.up_to.set(last.partition, std::min(last.at, range.up_to.at(last.partition)));
        restrict_to(range, last.partition);
    } else if (!chosen.to.empty()) {
        const auto last = store.cut_at(recorded_at(parse_time(chosen.to)));
        for (std::uint32_t p = 0; p != store.partitions(); ++p)
            range.up_to.set(partition_id(p), std::min(last.at(partition_id(p)), range.up_to.at(partition_id(p))));
    }
    if (is_position(chosen.from)) {
        const auto first = position_in(store, chosen.from);
        range.after.set(first.partition, first.at.plus(-1));
        restrict_to(range, first.partition);
    } else if (!chosen.from.empty()) {
        range.after = store.cut_at(recorded_at::from_micros(recorded_at(parse_time(chosen.from)).micros() - 1));
    }
    return range;
}

}  // namespace leftfold::inline v0::tools
