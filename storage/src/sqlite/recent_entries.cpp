#include "sqlite/recent_entries.hpp"

#include <algorithm>

namespace leftfold::inline v0::sqlite {

namespace {

constexpr std::size_t smallest_table = 1'024;

/// Where a key's search in a table of that size, a power of two, begins.
std::size_t home_of(const run_key& key, std::size_t slots) {
    return static_cast<std::size_t>(key.mixed()) & (slots - 1);
}

/// Other bits of the key than those that tell where the search begins.
std::uint32_t part_of(const run_key& key) { return static_cast<std::uint32_t>(key.mixed() >> 32U); }

}  // namespace

run_entry recent_entries::entry_of(std::uint32_t index) const {
    return {events_[index].stream, events_[index].version, after_.value() + 1 + index};
}

/// The slot with the key's newest event, or the empty one where it would go.
std::size_t recent_entries::slot_of(const run_key& stream) const {
    const auto part = part_of(stream);
    auto at = home_of(stream, streams_.size());
    while (streams_[at].event != none && (streams_[at].part != part || events_[streams_[at].event].stream != stream))
        at = (at + 1) & (streams_.size() - 1);
    return at;
}

/// Makes the tables twice as large; at most half of each is taken.
void recent_entries::grow() {
    const auto slots = std::max(smallest_table, streams_.size() * 2);
    streams_.assign(slots, {});
    ids_.assign(slots, none);
    for (std::uint32_t i = 0; i < events_.size(); ++i) {
        streams_[slot_of(events_[i].stream)] = {i, part_of(events_[i].stream)};
        auto slot = home_of({events_[i].id, 0}, slots);
        while (ids_[slot] != none) slot = (slot + 1) & (slots - 1);
        ids_[slot] = i;
    }
}

void recent_entries::expect(const keys& of) const {
    if (streams_.empty()) return;
    __builtin_prefetch(&streams_[home_of(of.stream, streams_.size())]);
    __builtin_prefetch(&ids_[home_of({of.id.high, 0}, ids_.size())]);
}

void recent_entries::add(const keys& of, version at, const chain_hash& chain) {
    if ((events_.size() + 1) * 2 > streams_.size()) grow();
    const auto index = static_cast<std::uint32_t>(events_.size());
    auto& newest = streams_[slot_of(of.stream)];
    const auto before = newest.event;
    const bool rises = before != none && !is_mixed(before) && events_[before].version + 1 == at.value();
    events_.push_back({of.stream, of.id.high, at.value(), before, rises ? leap_over(before) : none});
    newest = {index, part_of(of.stream)};
    auto id_slot = home_of({of.id.high, 0}, ids_.size());
    while (ids_[id_slot] != none) id_slot = (id_slot + 1) & (ids_.size() - 1);
    ids_[id_slot] = index;
    chain_ = chain;
}

/// Whether versions of the key up to this event do not rise by one: two streams share it.
bool recent_entries::is_mixed(std::uint32_t event) const {
    return events_[event].before != none && events_[event].leap == none;
}

/// The second link of an event whose version is the next one: over the last two leaps when they are of one length.
std::uint32_t recent_entries::leap_over(std::uint32_t before) const {
    const auto once = events_[before].leap;
    const auto twice = once == none ? none : events_[once].leap;
    if (twice == none) return before;
    const auto length = events_[before].version - events_[once].version;
    return length == events_[once].version - events_[twice].version ? twice : before;
}

/// The newest of an event and those before it whose version is not above that one; one that is mixed may be newer.
std::uint32_t recent_entries::newest_up_to(std::uint32_t event, std::int64_t version) const {
    while (event != none && events_[event].version > version && !is_mixed(event)) {
        const auto leap = events_[event].leap;
        event = leap != none && events_[leap].version >= version ? leap : events_[event].before;
    }
    return event;
}

std::vector<run_entry> recent_entries::find(const run_key& key, std::int64_t from, std::int64_t to,
                                            offset floor) const {
    std::vector<run_entry> found;
    if (events_.empty()) return found;
    for (auto i = newest_up_to(streams_[slot_of(key)].event, to); i != none; i = newest_up_to(events_[i].before, to)) {
        const auto entry = entry_of(i);
        if (entry.offset <= floor.value()) break;
        if (entry.version >= from && entry.version <= to) found.push_back(entry);
        // Where versions fall one by one on the way back, nothing older can be in the range any more.
        if (entry.version <= from && !is_mixed(i)) break;
    }
    std::ranges::reverse(found);
    return found;
}

std::optional<run_entry> recent_entries::newest(const run_key& key, offset floor) const {
    if (events_.empty()) return std::nullopt;
    const auto i = streams_[slot_of(key)].event;
    if (i == none || entry_of(i).offset <= floor.value()) return std::nullopt;
    return entry_of(i);
}

std::vector<run_entry> recent_entries::find_ids(const run_key& key, offset floor) const {
    std::vector<run_entry> found;
    if (events_.empty()) return found;
    for (auto slot = home_of(key, ids_.size()); ids_[slot] != none; slot = (slot + 1) & (ids_.size() - 1)) {
        const auto i = ids_[slot];
        const auto at = entry_of(i).offset;
        if (events_[i].id == key.high && at > floor.value()) found.push_back({key, 0, at});
    }
    return found;
}

std::vector<run_entry> recent_entries::sorted(run_part_kind part) const {
    std::vector<run_entry> entries;
    entries.reserve(events_.size());
    for (std::uint32_t i = 0; i < events_.size(); ++i) {
        entries.push_back(entry_of(i));
        if (part == run_part_kind::ids) {
            entries.back().key = {events_[i].id, 0};
            entries.back().version = 0;
        }
    }
    std::ranges::sort(entries);
    return entries;
}

}  // namespace leftfold::inline v0::sqlite
